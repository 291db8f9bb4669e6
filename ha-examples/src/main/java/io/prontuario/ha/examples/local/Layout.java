package io.prontuario.ha.examples.local;

import io.prontuario.ha.testing.Place;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which part of a cluster runs where.
 *
 * @param dataNodes the nodes with a server, the first of which makes the cluster
 * @param nodes a place for each node that has one of its own; the others run on loopback
 * @param voters the places of the three ZooKeeper servers
 * @param proxy the place of HAProxy
 * @param network the addresses that may connect to the servers, as {@code 192.0.2.0/24}
 * @param password what they have to say, which is required beyond loopback; empty for none
 */
public record Layout(
        List<String> dataNodes,
        Map<String, Place> nodes,
        List<Place> voters,
        Place proxy,
        String network,
        String password) {
    /** How many nodes with a server there may be. */
    public static final int MOST_DATA_NODES = 3;

    public Layout {
        dataNodes = List.copyOf(dataNodes);
        nodes = Map.copyOf(nodes);
        voters = List.copyOf(voters);
    }

    /** Everything beside this process. */
    public static Layout loopback(int dataNodes) {
        Place here = Place.loopback();
        return new Layout(names(dataNodes), Map.of(), List.of(here, here, here), here, here.address() + "/32", "");
    }

    /** What so many nodes with a server are called. */
    public static List<String> names(int dataNodes) {
        if (dataNodes < 2 || dataNodes > MOST_DATA_NODES) {
            throw new IllegalArgumentException(
                    dataNodes + " nodes with a server, there may be 2 to " + MOST_DATA_NODES);
        }
        return IntStream.rangeClosed(1, dataNodes)
                .mapToObj(number -> "studio-" + number)
                .toList();
    }

    /** Where a node runs. */
    Place node(String name) {
        return nodes.getOrDefault(name, Place.loopback());
    }

    /** Whether there are hosts between which something can be cut. */
    boolean severalHosts() {
        return !nodes.isEmpty();
    }
}
