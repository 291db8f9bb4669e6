/**
 * Deciding: pure functions of what was observed. The protocol of the one record, detection, what an agent and what the coordinator
 * does next. Depends on {@code model} and the JDK alone: no clock, no I/O, no thread, no log, no randomness.
 */
@NullMarked
package io.prontuario.ha.decide;

import org.jspecify.annotations.NullMarked;
