package io.prontuario.ha.examples.local;

import io.prontuario.ha.testing.Place;
import java.util.List;
import java.util.Map;

/**
 * Which part of a cluster runs where.
 *
 * @param nodes a place for each node that has one of its own; the others run on loopback
 * @param voters the places of the three ZooKeeper servers
 * @param proxy the place of HAProxy
 * @param network the addresses that may connect to the servers, as {@code 192.0.2.0/24}
 * @param password what they have to say, which is required beyond loopback; empty for none
 */
public record Layout(Map<String, Place> nodes, List<Place> voters, Place proxy, String network, String password) {
    public Layout {
        nodes = Map.copyOf(nodes);
        voters = List.copyOf(voters);
    }

    /** Everything beside this process. */
    public static Layout loopback() {
        Place here = Place.loopback();
        return new Layout(Map.of(), List.of(here, here, here), here, here.address() + "/32", "");
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
