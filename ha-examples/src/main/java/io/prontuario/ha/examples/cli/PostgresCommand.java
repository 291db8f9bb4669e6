package io.prontuario.ha.examples.cli;

import io.prontuario.ha.postgres.AgentGrants;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What concerns PostgreSQL alone. */
@Command(
        name = "postgres",
        mixinStandardHelpOptions = true,
        description = "What concerns PostgreSQL alone.",
        subcommands = PostgresCommand.Grants.class)
final class PostgresCommand {
    /** A role for the agents that is no superuser. */
    @Command(
            name = "grants",
            mixinStandardHelpOptions = true,
            description =
                    "Print the SQL that makes a role for the agents which is no superuser (PostgreSQL 15 and newer), and the"
                            + " lines for pg_hba.conf. Changes nothing.")
    static final class Grants implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        @Option(names = "--role", description = "The role's name. Default ${DEFAULT-VALUE}.")
        private String role = "prontuario_agent";

        @Option(
                names = "--network",
                description =
                        "From where the role copies and streams; may be given several times. Default ${DEFAULT-VALUE}.")
        private List<String> networks = List.of("127.0.0.1/32");

        @Option(names = "--tls", description = "Only by TLS.")
        private boolean tls;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try {
                out.print(AgentGrants.sql(role));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            out.println("-- And in pg_hba.conf of every data node, then \"select pg_reload_conf()\":");
            networks.forEach(network -> out.println("--   " + AgentGrants.hostBasedAccess(role, network, tls)));
            out.flush();
            return 0;
        }
    }
}
