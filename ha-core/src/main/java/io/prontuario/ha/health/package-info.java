/** Checks of what a host application needs, and the board that runs them side by side and remembers what they found. */
@NullMarked
package io.prontuario.ha.health;

import org.jspecify.annotations.NullMarked;
