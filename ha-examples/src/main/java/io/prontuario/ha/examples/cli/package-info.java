/** The command line ha. */
@NullMarked
package io.prontuario.ha.examples.cli;

import org.jspecify.annotations.NullMarked;
