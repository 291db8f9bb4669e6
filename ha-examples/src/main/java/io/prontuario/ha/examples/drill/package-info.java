/** Rehearsals on the cluster itself, with evidence. */
@NullMarked
package io.prontuario.ha.examples.drill;

import org.jspecify.annotations.NullMarked;
