/** What a host writes of its own: a policy, and a strategy for a cache. {@code docs/extending.md} walks through both. */
@NullMarked
package io.prontuario.ha.examples.extend;

import org.jspecify.annotations.NullMarked;
