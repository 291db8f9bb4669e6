package io.prontuario.ha.examples.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a shell needs to complete words. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description =
                "Print a script that completes the words of ha: source <(ha completion bash); zsh loads bashcompinit first.")
final class CompletionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String shell;

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new ParameterException(
                    spec.commandLine(), "there is no script for '" + shell + "'; there are bash and zsh");
        }
        // In zsh the script itself turns on bash's way of completion.
        spec.commandLine().getOut().print(AutoComplete.bash("ha", Ha.commandLine()));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
