/** A node's measures for Micrometer. The only package that needs it; a host that has none does not load these classes. */
@NullMarked
package io.prontuario.ha.micrometer;

import org.jspecify.annotations.NullMarked;
