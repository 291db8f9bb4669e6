package io.prontuario.ha.examples.cli;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.local.Ending;
import io.prontuario.ha.examples.local.NodeEvent;
import io.prontuario.ha.spi.HaEvent;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one data node or witness until it is ended. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        description = "Run one data node or witness. Ends on SIGTERM or Ctrl-C; its server goes on running.")
final class NodeCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The node's YAML file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path config;

    @Option(names = "--json", description = "Print events as JSON, one object a line.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        NodeConfig read = NodeConfig.read(config);
        PrintWriter out = spec.commandLine().getOut();
        try (Ending ending = Ending.ofThisProcess();
                HaNode node =
                        read.builder().addListener(event -> print(out, event)).start()) {
            if (!json) {
                out.println(read.title() + " runs; HTTP on port " + node.httpPort() + ", store " + read.store());
                out.flush();
            }
            ending.await();
        }
        return 0;
    }

    private void print(PrintWriter out, HaEvent event) {
        out.println(
                json
                        ? NodeEvent.of(event).toJson()
                        : TIME.format(event.at()) + " " + event.kind() + " " + event.message());
        out.flush();
    }
}
