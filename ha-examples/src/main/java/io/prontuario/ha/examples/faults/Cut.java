package io.prontuario.ha.examples.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a host no longer receives or sends: rules of nftables in its own namespace. Nothing is closed and nobody is told, as with a cable
 * that was pulled.
 *
 * @param host whose namespace
 * @param incoming conditions on what arrives, such as {@code ip saddr 10.77.0.12}
 * @param outgoing conditions on what leaves
 */
record Cut(String host, List<String> incoming, List<String> outgoing) {
    Cut {
        incoming = List.copyOf(incoming);
        outgoing = List.copyOf(outgoing);
    }

    /** It hears nobody and nobody hears it. */
    static Cut whole(Network network, String host) {
        return new Cut(host, List.of(network.fromOthers()), List.of(network.toOthers()));
    }

    /** It hears nobody; everybody hears it. */
    static Cut deaf(Network network, String host) {
        return new Cut(host, List.of(network.fromOthers()), List.of());
    }

    /** Nobody hears it; it hears everybody. */
    static Cut mute(Network network, String host) {
        return new Cut(host, List.of(), List.of(network.toOthers()));
    }

    /** Two hosts do not hear each other. */
    static Cut between(Network network, String host, String other) {
        return new Cut(
                host, List.of("ip saddr " + network.address(other)), List.of("ip daddr " + network.address(other)));
    }

    /** The same, but some ports, wherever they are, are reached as before. */
    Cut but(List<Integer> ports) {
        String others = " tcp dport != " + set(ports) + " tcp sport != " + set(ports);
        return new Cut(
                host,
                incoming.stream().map(condition -> condition + others).toList(),
                outgoing.stream().map(condition -> condition + others).toList());
    }

    /** Connections of {@code client} to some ports of {@code host} carry nothing any more, in either direction. */
    static Cut ports(Network network, String host, String client, List<Integer> ports) {
        String set = set(ports);
        return new Cut(
                host,
                List.of("ip saddr " + network.address(client) + " tcp dport " + set),
                List.of("ip daddr " + network.address(client) + " tcp sport " + set));
    }

    /** Nobody else reaches some ports of {@code host}. */
    static Cut fromOthers(Network network, String host, List<Integer> ports) {
        return new Cut(
                host,
                List.of(network.fromOthers() + " tcp dport " + set(ports)),
                List.of(network.toOthers() + " tcp sport " + set(ports)));
    }

    /** Nothing that has to do with some ports, here or anywhere, its own host included, arrives or leaves. */
    static Cut everywhere(String host, List<Integer> ports) {
        String set = set(ports);
        List<String> rules = new ArrayList<>();
        rules.add("tcp dport " + set);
        rules.add("tcp sport " + set);
        return new Cut(host, rules, rules);
    }

    /** So many of a hundred packets from others are lost. */
    static Cut lossy(Network network, String host, int percent) {
        return new Cut(host, List.of(network.fromOthers() + " numgen random mod 100 < " + percent), List.of());
    }

    private static String set(List<Integer> ports) {
        return ports.stream().map(String::valueOf).collect(Collectors.joining(", ", "{ ", " }"));
    }
}
