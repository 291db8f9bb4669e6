package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.config.ConfigException;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.config.Violation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A node's file: whether it could be used. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Look at a node's YAML file.",
        subcommands = {ConfigCommand.Check.class})
final class ConfigCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do with it: ha config check --config FILE");
    }

    /** Everything that is wrong with it. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description =
                    "Name every mistake in a node's YAML file, with its line and what to write instead. Starts and"
                            + " reaches nothing. Exit status 0 when a node could be started from it, 2 otherwise.")
    static final class Check implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        @Option(names = "--config", required = true, description = "The node's YAML file.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private Path config;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try {
                String title = NodeConfig.read(config).title();
                out.println(json ? asJson(List.of()) : config + ": all is well: " + title);
                return 0;
            } catch (ConfigException e) {
                // What was asked for, so it goes to the output; from any other command the same text is an error.
                out.println(json ? asJson(e.violations()) : e.getMessage());
                return Ha.WRONG_INPUT;
            } finally {
                out.flush();
            }
        }

        private String asJson(List<Violation> violations) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("file", config.toString());
            map.put("valid", violations.isEmpty());
            map.put("violations", violations);
            return StoreCommand.GSON.toJson(map);
        }
    }
}
