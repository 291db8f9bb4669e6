/** Whole clusters on virtual time, from one seed: the production engine on a made-up machine, store, network and servers. */
@NullMarked
package io.prontuario.ha.simulation;

import org.jspecify.annotations.NullMarked;
