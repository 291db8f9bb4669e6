/** HAProxy: a typed client of its runtime API and the traffic strategy on it. */
@NullMarked
package io.prontuario.ha.haproxy;

import org.jspecify.annotations.NullMarked;
