/**
 * What happens to clients while something fails: writers whose every acknowledgement is kept, a prober for the outage, and the account
 * afterwards of what was lost. The demonstration, the benchmarks and the tests all measure with this.
 */
@NullMarked
package io.prontuario.ha.examples.measure;

import org.jspecify.annotations.NullMarked;
