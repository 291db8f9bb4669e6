package io.prontuario.ha.examples.cli;

import picocli.CommandLine.Command;

/** Allows takeovers again. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Allow takeovers again. If the primary counts as dead, a certified standby takes over at once.")
final class ResumeCommand extends PausingCommand {
    ResumeCommand() {
        super(false, "is resumed: a certified standby takes over when the primary is lost", "is not paused");
    }
}
