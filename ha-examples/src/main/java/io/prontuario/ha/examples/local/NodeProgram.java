package io.prontuario.ha.examples.local;

import java.nio.file.Path;
import java.util.List;

/** The program that runs a node: a host application. */
public interface NodeProgram {
    /** The main class of the command line. */
    String COMMAND_LINE = "io.prontuario.ha.examples.cli.Ha";

    /**
     * Its main class and arguments. It prints its events as {@link NodeEvent#toJson}, one a line.
     *
     * @param configuration the node's YAML file
     */
    List<String> words(Path configuration);

    /** {@code ha node}. */
    static NodeProgram usual() {
        return configuration -> List.of(COMMAND_LINE, "node", "--config", configuration.toString(), "--json");
    }
}
