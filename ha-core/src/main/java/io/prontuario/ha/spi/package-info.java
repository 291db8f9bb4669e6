/**
 * What plugin authors and stores implement: {@link io.prontuario.ha.spi.FailoverStrategy} first. Depends on {@code model} alone.
 */
@NullMarked
package io.prontuario.ha.spi;

import org.jspecify.annotations.NullMarked;
