/** Runnable examples: the command line, the demo, the benchmarks. */
@NullMarked
package io.prontuario.ha.examples;

import org.jspecify.annotations.NullMarked;
