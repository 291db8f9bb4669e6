/**
 * Fault runs: a cluster of real parts with a network namespace for each host, a random sequence of faults from one seed while clients on
 * every side write, and the account of every acknowledged write afterwards.
 */
@NullMarked
package io.prontuario.ha.examples.faults;

import org.jspecify.annotations.NullMarked;
