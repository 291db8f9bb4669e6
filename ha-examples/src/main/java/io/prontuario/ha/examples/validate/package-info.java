/** A set-up looked at as a whole: servers, settings, replication, proxies, quorum, archive, cloud, monitoring. */
@NullMarked
package io.prontuario.ha.examples.validate;

import org.jspecify.annotations.NullMarked;
