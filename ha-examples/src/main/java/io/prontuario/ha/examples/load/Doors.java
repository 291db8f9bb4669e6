package io.prontuario.ha.examples.load;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalProxy;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.haproxy.HaproxyConfiguration;
import io.prontuario.ha.haproxy.WebFrontend;
import io.prontuario.ha.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** What stands between users and the database in one shape, and a way through it for each of them. */
final class Doors implements IntFunction<Way>, AutoCloseable {
    private static final int BACKENDS = 2;

    private final List<AutoCloseable> open;
    private final IntFunction<Way> ways;

    private Doors(List<AutoCloseable> open, IntFunction<Way> ways) {
        this.open = open;
        this.ways = ways;
    }

    static Doors open(Shape shape, LocalCluster cluster, LoadTest.Plan plan) {
        return switch (shape) {
            case TCP -> {
                Clients clients = new Clients("127.0.0.1", cluster.proxy().port(), "postgres");
                yield new Doors(List.of(), user -> new TcpWay(clients));
            }
            case HTTP -> http(cluster, plan);
        };
    }

    private static Doors http(LocalCluster cluster, LoadTest.Plan plan) {
        int[] ports = FreePorts.find(BACKENDS + 2);
        List<AutoCloseable> open = new ArrayList<>();
        List<HaproxyConfiguration.Server> behind = new ArrayList<>();
        for (int i = 0; i < BACKENDS; i++) {
            String name = "emr-" + (i + 1);
            open.add(new Backend(
                    cluster, name, ports[i], plan.poolSize(), plan.mix().users()));
            behind.add(new HaproxyConfiguration.Server(name, "127.0.0.1:" + ports[i], ""));
        }
        int web = ports[BACKENDS];
        Path folder = cluster.folder().resolve("web");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + folder, e);
        }
        // A proxy of its own: the cluster's is in use already, and its configuration is not to be changed under it.
        open.add(LocalProxy.startWith(
                folder,
                new HaproxyConfiguration(
                                "127.0.0.1:" + ports[BACKENDS + 1], folder.resolve("proxy.sock"), 0, "unused", behind)
                        .withWeb(new WebFrontend("emr", "127.0.0.1:" + web, "", "", Backend.READY, behind))));
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(HttpWay.PATIENCE)
                .build();
        return new Doors(open, user -> new HttpWay(client, web));
    }

    @Override
    public Way apply(int user) {
        return ways.apply(user);
    }

    @Override
    public void close() {
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot be ended", e);
            }
        }
    }
}
