/**
 * The load test: a crowd of users who read and write, through both shapes of an installation, in quiet times, during a planned switchover
 * and during a failover; what each of them noticed, as figures and as a page.
 */
@NullMarked
package io.prontuario.ha.examples.load;

import org.jspecify.annotations.NullMarked;
