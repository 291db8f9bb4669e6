/** The demonstration: a cluster of real parts, clients that write all the while, and faults; what happened is shown and accounted for. */
@NullMarked
package io.prontuario.ha.examples.demo;

import org.jspecify.annotations.NullMarked;
