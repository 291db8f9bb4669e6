package io.prontuario.ha.examples.config;

import io.prontuario.ha.gcp.GcpEndpoints;
import io.prontuario.ha.gcp.GcpSettings;
import io.prontuario.ha.model.EmergencyRules;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;

/** Reads the section of the emergency environment. What is not said is the deployment guide's value. */
final class GcpReader {
    private static final GcpEndpoints GOOGLE = GcpEndpoints.GOOGLE;

    private final Section section;

    private GcpReader(Section section) {
        this.section = section;
    }

    /** Empty beside a violation. */
    static Optional<GcpConfig> read(Section section) {
        section.allow(
                "environment",
                "project",
                "zone",
                "cluster",
                "pool",
                "machine-type",
                "disk-gb",
                "least-nodes",
                "most-nodes",
                "nodes",
                "sleeping-nodes",
                "namespace",
                "app",
                "deployment",
                "container",
                "image",
                "port",
                "service",
                "service-port",
                "replicas",
                "sleeping-replicas",
                "dns-zone",
                "dns-record",
                "rehearsal-record",
                "ttl",
                "on-premises",
                "replica",
                "level",
                "call-limit",
                "credentials",
                "endpoints",
                "emergency");
        return new GcpReader(section).read();
    }

    private Optional<GcpConfig> read() {
        GcpSettings.Builder builder = GcpSettings.builder();
        text("environment", builder::environment);
        text("project", builder::project);
        text("zone", builder::zone);
        text("cluster", builder::cluster);
        text("pool", builder::pool);
        text("machine-type", builder::machineType);
        number("disk-gb", builder::diskGb);
        if (section.has("least-nodes") || section.has("most-nodes")) {
            builder.nodeBounds(
                    section.read("least-nodes", GcpReader::whole).orElse(1),
                    section.read("most-nodes", GcpReader::whole).orElse(5));
        }
        number("nodes", builder::nodes);
        number("sleeping-nodes", builder::sleepingNodes);
        text("namespace", builder::namespace);
        text("app", builder::app);
        text("deployment", builder::deployment);
        text("container", builder::container);
        text("image", builder::image);
        number("port", builder::port);
        text("service", builder::service);
        number("service-port", builder::servicePort);
        number("replicas", builder::replicas);
        number("sleeping-replicas", builder::sleepingReplicas);
        text("dns-zone", builder::dnsZone);
        text("dns-record", builder::dnsRecord);
        text("rehearsal-record", builder::rehearsalRecord);
        if (section.has("ttl")) {
            builder.ttlSeconds(
                    (int) section.duration("ttl", Duration.ofSeconds(60)).toSeconds());
        }
        section.list("on-premises").ifPresent(all -> all.forEach(builder::onPremises));
        text("replica", builder::replica);
        number("level", builder::level);
        if (section.has("call-limit")) {
            builder.callLimit(section.duration("call-limit", Duration.ofSeconds(5)));
        }
        Optional<GcpSettings> settings = built(builder);
        GcpEndpoints endpoints = endpoints();
        EmergencyRules rules = rules();
        return settings.map(all -> new GcpConfig(all, endpoints, rules));
    }

    private void text(String key, Consumer<String> setter) {
        section.text(key).ifPresent(setter);
    }

    private void number(String key, IntConsumer setter) {
        section.read(key, GcpReader::whole).ifPresent(setter::accept);
    }

    private static int whole(String text) {
        if (!text.matches("\\d{1,6}")) {
            throw new IllegalArgumentException("is '" + text + "', not a whole number");
        }
        return Integer.parseInt(text);
    }

    /** What the builder refuses, each line beginning with its own name of the setting. */
    private Optional<GcpSettings> built(GcpSettings.Builder builder) {
        try {
            return Optional.of(builder.build());
        } catch (IllegalArgumentException e) {
            String.valueOf(e.getMessage()).lines().skip(1).map(String::strip).forEach(line -> {
                String[] parts = line.split(": ", 2);
                String text = parts.length == 2 ? parts[1] : line;
                String key = switch (parts[0]) {
                    case "nodeBounds" -> text.startsWith("least") ? "least-nodes" : "most-nodes";
                    case "ttlSeconds" -> "ttl";
                    default -> parts[0].replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
                };
                if (text.startsWith("missing: ")) {
                    section.missing(key, text.substring("missing: ".length()));
                } else {
                    section.violate(key, text.replaceFirst("^(least|most): ", ""));
                }
            });
            return Optional.empty();
        }
    }

    private GcpEndpoints endpoints() {
        Section where = section.section("endpoints").allow("container", "dns", "sql", "kubernetes", "name-servers");
        GcpEndpoints endpoints = new GcpEndpoints(
                where.read("container", GcpReader::root).orElse(GOOGLE.container()),
                where.read("dns", GcpReader::root).orElse(GOOGLE.dns()),
                where.read("sql", GcpReader::root).orElse(GOOGLE.sql()),
                where.read("kubernetes", GcpReader::root).orElse(null),
                where.list("name-servers").orElse(List.of()),
                null);
        return section.read("credentials", GcpReader::keyFile)
                .map(endpoints::withCredentials)
                .orElse(endpoints);
    }

    private static URI root(String text) {
        if (!text.matches("https?://[^/\\s]+/")) {
            throw new IllegalArgumentException(
                    "is '" + text + "', expected the root of a service, such as https://container.googleapis.com/");
        }
        return URI.create(text);
    }

    private static Path keyFile(String text) {
        Path path = NodeConfigReader.absolute(text);
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException("is '" + text
                    + "', which cannot be read: give a service account's key file, or leave it out for the Application Default"
                    + " Credentials");
        }
        return path;
    }

    private EmergencyRules rules() {
        Section when = section.section("emergency")
                .allow("after", "approval", "approval-time", "without-answer", "drill-limit");
        EmergencyRules base = EmergencyRules.DEFAULT;
        EmergencyRules rules = new EmergencyRules(
                when.duration("after", base.after()),
                when.read("approval", oneOf("needed", "not-needed"))
                        .map("needed"::equals)
                        .orElse(base.approvalNeeded()),
                when.duration("approval-time", base.approvalTime()),
                when.read("without-answer", oneOf("stay", "go"))
                        .map("go"::equals)
                        .orElse(base.goWithoutAnswer()),
                when.duration("drill-limit", base.drillLimit()));
        rules.violations().forEach(text -> {
            int space = text.indexOf(' ');
            when.violate(
                    text.substring(0, space).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT),
                    text.substring(space + 1));
        });
        return rules;
    }

    private static Function<String, String> oneOf(String one, String other) {
        return text -> {
            if (!text.equals(one) && !text.equals(other)) {
                throw new IllegalArgumentException("is '" + text + "'; it can be " + one + " or " + other);
            }
            return text;
        };
    }
}
