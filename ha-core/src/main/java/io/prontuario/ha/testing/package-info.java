/** Doubles and small laboratories for tests of this library and of what is built on it. Nothing here belongs into production. */
@NullMarked
package io.prontuario.ha.testing;

import org.jspecify.annotations.NullMarked;
