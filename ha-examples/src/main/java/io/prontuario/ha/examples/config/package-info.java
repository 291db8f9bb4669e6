/** A node's YAML file: read, checked, and everything wrong with it said at once. */
@NullMarked
package io.prontuario.ha.examples.config;

import org.jspecify.annotations.NullMarked;
