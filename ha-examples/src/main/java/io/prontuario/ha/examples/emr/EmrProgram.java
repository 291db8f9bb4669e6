package io.prontuario.ha.examples.emr;

import io.prontuario.ha.examples.local.NodeProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The backend as the program of a cluster's nodes.
 *
 * @param ports where the backends answer, by node; a node that is not named has none
 * @param redis the port of the Redis beside each node; empty for no cache
 * @param token the file with the token that changes the functionality level
 */
record EmrProgram(Map<String, Integer> ports, Map<String, Integer> redis, Path token) implements NodeProgram {
    @Override
    public List<String> words(Path configuration) {
        List<String> words = new ArrayList<>(List.of(EmrNode.class.getName(), "--config", configuration.toString()));
        // The cluster keeps each node's file in a folder of the node's name.
        Path home = configuration.toAbsolutePath().getParent();
        Integer port = home == null ? null : ports.get(String.valueOf(home.getFileName()));
        if (port != null) {
            words.addAll(List.of("--listen", "127.0.0.1:" + port, "--token-file", token.toString()));
        }
        redis.forEach((node, its) -> words.addAll(List.of("--redis", node + "=127.0.0.1:" + its)));
        return words;
    }
}
