package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.config.ConfigException;
import io.prontuario.ha.examples.config.Nearest;
import io.prontuario.ha.postgres.PostgresException;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;

/** The command line: {@code ha init}, {@code ha node}, {@code ha status}, {@code ha history} … */
@Command(
        name = "ha",
        mixinStandardHelpOptions = true,
        version = "Prontuário HA 0.1.0",
        description = "Consensus-safe failover of PostgreSQL.",
        subcommands = {
            ConfigCommand.class,
            GcpCommand.class,
            PostgresCommand.class,
            InitCommand.class,
            AdoptCommand.class,
            StateCommand.class,
            NodeCommand.class,
            StatusCommand.class,
            HistoryCommand.class,
            PlanCommand.class,
            SwitchoverCommand.class,
            FailoverCommand.class,
            ReinitCommand.class,
            RestartCommand.class,
            DurabilityCommand.class,
            ApproveCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            ValidateCommand.class,
            DrillCommand.class,
            ReportCommand.class,
            CompletionCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            LoadCommand.class,
            InterruptionsCommand.class,
            FaultsCommand.class,
            SimulateCommand.class
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done, or all is well",
            "1:it failed; the message says why and what to do next",
            "2:wrong arguments or a wrong configuration; nothing was started"
        })
public final class Ha {
    static final int FAILED = 1;
    static final int WRONG_INPUT = 2;

    private Ha() {}

    /** An option that is missing was often typed, with a slip; the usual message names only the one that is missing. */
    private static void tellSlips(CommandLine command, String[] arguments) {
        List<String> known = command.getCommandSpec().optionsMap().keySet().stream()
                .filter(option -> option.startsWith("--"))
                .toList();
        for (String argument : arguments) {
            String option = argument.replaceFirst("=.*", "");
            if (option.startsWith("--") && !known.contains(option)) {
                String meant = Nearest.of(option, known)
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("");
                command.getErr().println("Unknown option: '" + option + "'" + meant);
            }
        }
    }

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Ha());
        CommandLine.IParameterExceptionHandler usual = line.getParameterExceptionHandler();
        line.setParameterExceptionHandler((wrong, arguments) -> {
            if (wrong instanceof MissingParameterException) {
                tellSlips(wrong.getCommandLine(), arguments);
            }
            return usual.handleParseException(wrong, arguments);
        });
        return line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("ha: " + failure.getMessage());
            if (failure instanceof ConfigException) {
                return WRONG_INPUT;
            }
            boolean expected = failure instanceof PostgresException
                    || failure instanceof StoreUnavailableException
                    || failure instanceof UncheckedIOException
                    || failure instanceof IllegalArgumentException
                    || failure instanceof IllegalStateException;
            if (!expected) {
                failure.printStackTrace(command.getErr());
            }
            return failure instanceof IllegalArgumentException ? WRONG_INPUT : FAILED;
        });
    }
}
