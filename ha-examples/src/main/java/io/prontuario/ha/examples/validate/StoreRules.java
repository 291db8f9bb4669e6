package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;
import static io.prontuario.ha.examples.validate.Finding.warn;

import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.zookeeper.PrescribedEnsemble;
import io.prontuario.ha.zookeeper.ServerInspection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ZooKeeper servers: how many, who leads, and what each runs with. */
final class StoreRules {
    private static final String AREA = "zookeeper";
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private StoreRules() {}

    static List<Finding> of(String connectString) {
        List<Finding> all = new ArrayList<>();
        List<String> servers = List.of(connectString.split("/", 2)[0].split(",", -1));
        int leaders = 0;
        int serving = 0;
        for (String server : servers) {
            int colon = server.lastIndexOf(':');
            String host = server.substring(0, colon);
            int port = Integer.parseInt(server.substring(colon + 1));
            Optional<String> mode = ServerInspection.mode(host, port, LIMIT);
            if (mode.isEmpty()) {
                all.add(fail(
                        AREA,
                        server,
                        "does not serve",
                        "start it; echo srvr | nc " + host + " " + port + " says more"));
                continue;
            }
            serving++;
            leaders += mode.get().equals("leader") ? 1 : 0;
            try {
                PrescribedEnsemble.deviations(ServerInspection.settings(host, port, LIMIT))
                        .forEach(text -> all.add(
                                fail(AREA, server, text, "render zoo.cfg as docs/operations.md has it, restart it")));
            } catch (StoreUnavailableException e) {
                all.add(warn(AREA, server, String.valueOf(e.getMessage()), "add conf to its whitelist"));
            }
        }
        if (servers.size() < 3 || servers.size() % 2 == 0) {
            all.add(fail(
                    AREA,
                    "",
                    "there are " + servers.size() + " servers: losing one loses the majority",
                    "run three, or five"));
        }
        if (serving > 0 && leaders != 1) {
            all.add(fail(
                    AREA,
                    "",
                    leaders + " of them lead",
                    "they are not one ensemble, or an election is under way: look again"));
        }
        if (all.isEmpty()) {
            all.add(ok(AREA, "", servers.size() + " servers serve, one of them leads, all as prescribed"));
        }
        return all;
    }
}
