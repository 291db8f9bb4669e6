package io.prontuario.ha.examples.cli;

import com.google.gson.Gson;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.Durability;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes this node the first of a new cluster. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Make this node the first of a new cluster: the record, the data directory, active, open."
                + " Interrupted, the same command goes on.")
final class InitCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The node's YAML file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path config;

    @Option(
            names = "--durability",
            defaultValue = "AVAILABLE",
            description = "One of ${COMPLETION-CANDIDATES}. Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Durability durability;

    @Option(
            names = "--strict-minimum",
            defaultValue = "1",
            description = "In STRICT: how many certified standbys a commit needs.")
    private int strictMinimum;

    @Option(names = "--json", description = "Print each stage as JSON, one object a line.")
    private boolean json;

    @Override
    public Integer call() {
        NodeConfig read = NodeConfig.read(config);
        PrintWriter out = spec.commandLine().getOut();
        Gson gson = new Gson();
        read.builder().initialise(durability, strictMinimum, line -> {
            out.println(json ? gson.toJson(Map.of("stage", line)) : line);
            out.flush();
        });
        return 0;
    }
}
