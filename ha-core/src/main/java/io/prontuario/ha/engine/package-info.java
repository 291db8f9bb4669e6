/**
 * The threads and effects of one node: observes, asks {@code decide}, acts. Everything is package-private but its one door,
 * {@link io.prontuario.ha.engine.Engine}.
 */
@NullMarked
package io.prontuario.ha.engine;

import org.jspecify.annotations.NullMarked;
