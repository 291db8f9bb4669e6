package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.NodeName;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What has in common whoever lets another node become the primary. */
abstract class TakeoverCommand extends AskingCommand {
    @Option(
            names = "--to",
            required = true,
            paramLabel = "NODE",
            description = "The node that is to become the primary.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String to;

    @SuppressWarnings("NullAway.Init") // set by check()
    NodeName node;

    @Override
    void check() {
        try {
            node = new NodeName(to);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--to: " + e.getMessage(), e);
        }
    }
}
