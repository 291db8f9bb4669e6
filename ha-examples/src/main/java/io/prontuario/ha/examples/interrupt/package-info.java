/**
 * What becomes of a transition when a process of it is killed after a step. The nodes are host applications that have put traps around
 * their store and their strategies: whoever reaches the point that is armed kills the process that it names, before it goes on.
 */
@NullMarked
package io.prontuario.ha.examples.interrupt;

import org.jspecify.annotations.NullMarked;
