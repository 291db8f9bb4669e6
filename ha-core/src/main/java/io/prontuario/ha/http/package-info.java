/** What a node answers over HTTP, on the JDK's own server. */
@NullMarked
package io.prontuario.ha.http;

import org.jspecify.annotations.NullMarked;
