package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.local.OwnNamespaces;
import io.prontuario.ha.testing.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The hosts of a run: a network namespace each, joined by a bridge, and what is cut between them. The runner itself sits at the bridge
 * and reaches every host whatever is cut. Lives in namespaces of its own, {@link OwnNamespaces}, and is removed with them.
 */
final class Network {
    private static final String PREFIX = "10.77.0.";
    private static final String RUNNER = PREFIX + "254";
    private static final int FIRST = 11;
    private static final String LINK = "eth0";

    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final List<Cut> cuts = new ArrayList<>();
    private final boolean delays;

    /** Makes the hosts. */
    Network(List<String> hosts) {
        Shell.run("ip", "link", "add", "name", "bridge", "type", "bridge");
        Shell.run("ip", "address", "add", RUNNER + "/24", "dev", "bridge");
        Shell.run("ip", "link", "set", "bridge", "up");
        for (String host : hosts) {
            String address = PREFIX + (FIRST + addresses.size());
            addresses.put(host, address);
            Shell.run("ip", "netns", "add", host);
            Shell.run("ip", "link", "add", "name", host, "type", "veth", "peer", "name", LINK, "netns", host);
            Shell.run("ip", "link", "set", host, "master", "bridge", "up");
            Shell.run("ip", "-n", host, "address", "add", address + "/24", "dev", LINK);
            Shell.run("ip", "-n", host, "link", "set", "lo", "up");
            Shell.run("ip", "-n", host, "link", "set", LINK, "up");
            apply(host);
        }
        delays = delaysLinks(hosts.get(0));
    }

    private boolean delaysLinks(String host) {
        try {
            discipline(host, "netem", "delay", "1ms");
            asUsual(host);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** All that connects to servers comes from here. */
    static String range() {
        return PREFIX + "0/24";
    }

    String address(String host) {
        return java.util.Objects.requireNonNull(addresses.get(host), host);
    }

    /** Where a host's processes run. */
    Place place(String host) {
        return new Place(address(host), OwnNamespaces.launcher(host));
    }

    /** The processes of a host. */
    List<Long> processes(String host) {
        return Shell.run("ip", "netns", "pids", host)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Long::valueOf)
                .toList();
    }

    /** A condition: from another host, not from the runner. */
    String fromOthers() {
        return "iifname \"" + LINK + "\" ip saddr != " + RUNNER;
    }

    /** A condition: to another host, not to the runner. */
    String toOthers() {
        return "oifname \"" + LINK + "\" ip daddr != " + RUNNER;
    }

    /** Cuts; at once, in one transaction of the kernel. */
    synchronized void cut(Cut cut) {
        cuts.add(cut);
        apply(cut.host());
    }

    /** The end of {@link #cut}. */
    synchronized void mend(Cut cut) {
        cuts.remove(cut);
        apply(cut.host());
    }

    private void apply(String host) {
        StringBuilder text = new StringBuilder("""
                table inet faults
                delete table inet faults
                table inet faults {
                  chain incoming { type filter hook input priority 0; policy accept;
                """);
        cuts.stream()
                .filter(cut -> cut.host().equals(host))
                .flatMap(cut -> cut.incoming().stream())
                .forEach(condition -> text.append("    ").append(condition).append(" drop\n"));
        text.append("  }\n  chain outgoing { type filter hook output priority 0; policy accept;\n");
        cuts.stream()
                .filter(cut -> cut.host().equals(host))
                .flatMap(cut -> cut.outgoing().stream())
                .forEach(condition -> text.append("    ").append(condition).append(" drop\n"));
        text.append("  }\n}\n");
        Shell.runWith(text.toString(), "ip", "netns", "exec", host, "nft", "-f", "-");
    }

    /** Whether this kernel can delay what a host sends (netem); otherwise a slow link is a narrow one. */
    boolean delays() {
        return delays;
    }

    /** What a slow host sends arrives late, or a little at a time. */
    void slow(String host) {
        if (delays) {
            discipline(host, "netem", "delay", "80ms", "40ms");
        } else {
            discipline(host, "tbf", "rate", "2mbit", "burst", "16kb", "latency", "500ms");
        }
    }

    private void discipline(String host, String... words) {
        List<String> all = new ArrayList<>(List.of("tc", "-n", host, "qdisc", "replace", "dev", LINK, "root"));
        all.addAll(List.of(words));
        Shell.run(all.toArray(String[]::new));
    }

    /** The end of {@link #slow}. */
    void asUsual(String host) {
        Shell.run("tc", "-n", host, "qdisc", "del", "dev", LINK, "root");
    }

    /** Everything is heard by everybody again. */
    synchronized void mendAll() {
        cuts.clear();
        for (String host : addresses.keySet()) {
            apply(host);
            if (Shell.run("tc", "-n", host, "qdisc", "show", "dev", LINK).matches("(?s).*(netem|tbf).*")) {
                asUsual(host);
            }
        }
    }
}
