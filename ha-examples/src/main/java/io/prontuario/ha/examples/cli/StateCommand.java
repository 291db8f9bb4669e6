package io.prontuario.ha.examples.cli;

import picocli.CommandLine.Command;

/** What concerns the record itself. */
@Command(
        name = "state",
        mixinStandardHelpOptions = true,
        description = "The record in the store that says who is the primary.",
        subcommands = StateRebuildCommand.class)
final class StateCommand {}
