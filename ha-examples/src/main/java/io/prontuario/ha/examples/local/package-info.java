/** A whole cluster on this machine's loopback, of real parts: ZooKeeper, PostgreSQL, HAProxy and the nodes' processes. */
@NullMarked
package io.prontuario.ha.examples.local;

import org.jspecify.annotations.NullMarked;
