package io.prontuario.ha.examples.cli;

import picocli.CommandLine.Command;

/** Forbids takeovers. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description =
                "Forbid takeovers until ha resume. Standbys are certified and decertified as before, a takeover that is under"
                        + " way is carried to its end, and a primary whose server dies is restarted in place by its agent.")
final class PauseCommand extends PausingCommand {
    PauseCommand() {
        super(true, "is paused: nobody takes over until ha resume", "is paused already");
    }
}
