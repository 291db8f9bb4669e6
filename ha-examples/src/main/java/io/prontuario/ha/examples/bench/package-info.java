/** Benchmarks against the floor: the same fault handled by a hand-made script that knows of it, in the same run. */
@NullMarked
package io.prontuario.ha.examples.bench;

import org.jspecify.annotations.NullMarked;
