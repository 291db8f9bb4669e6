/** The cluster's record, statuses, election and history on ZooKeeper; the only importer of Curator. */
@NullMarked
package io.prontuario.ha.zookeeper;

import org.jspecify.annotations.NullMarked;
