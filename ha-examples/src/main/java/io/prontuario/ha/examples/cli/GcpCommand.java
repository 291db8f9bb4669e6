package io.prontuario.ha.examples.cli;

import io.prontuario.ha.gcp.GcpManifests;
import io.prontuario.ha.gcp.GcpSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The emergency environment in GCP. */
@Command(
        name = "gcp",
        mixinStandardHelpOptions = true,
        description = "The emergency environment in GCP.",
        subcommands = {GcpCommand.Render.class, DeclareCommand.class, FailbackCommand.class})
final class GcpCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "say what to do: ha gcp render, declare or failback, with --help");
    }

    /** Writes the manifests. */
    @Command(
            name = "render",
            mixinStandardHelpOptions = true,
            description =
                    "Write the manifests of the emergency environment (phase 4 of the deployment guide). What no option"
                            + " says is the guide's value. Nothing is reached.")
    static final class Render implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        @Option(names = "--project", defaultValue = "", description = "The project's id.")
        private String project = "";

        @Option(names = "--zone", defaultValue = "southamerica-east1-a", description = "The zone: ${DEFAULT-VALUE}.")
        private String zone = "";

        @Option(names = "--image", defaultValue = "", description = "The application's image, best with a digest.")
        private String image = "";

        @Option(names = "--dns-zone", defaultValue = "", description = "The Cloud DNS managed zone.")
        private String dnsZone = "";

        @Option(
                names = "--record",
                defaultValue = "",
                description = "The name that clients use, with a dot at its end.")
        private String record = "";

        @Option(names = "--rehearsal-record", defaultValue = "", description = "The name for rehearsals.")
        private String rehearsal = "";

        @Option(names = "--on-premises", split = ",", description = "The addresses on site.")
        private List<String> onPremises = new ArrayList<>();

        @Option(names = "--out", required = true, description = "The folder to write into; existing files are kept.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private Path out;

        @Override
        public Integer call() {
            GcpSettings.Builder settings = GcpSettings.builder()
                    .project(project)
                    .zone(zone)
                    .image(image)
                    .dnsZone(dnsZone)
                    .dnsRecord(record)
                    .rehearsalRecord(rehearsal);
            onPremises.forEach(settings::onPremises);
            Map<String, String> files = new GcpManifests(settings.build()).render();
            List<Path> there = files.keySet().stream()
                    .map(out::resolve)
                    .filter(Files::exists)
                    .toList();
            if (!there.isEmpty()) {
                throw new IllegalStateException(
                        there + " is there already: move it away or choose another folder; nothing was written");
            }
            PrintWriter text = spec.commandLine().getOut();
            try {
                Files.createDirectories(out);
                for (Map.Entry<String, String> file : files.entrySet()) {
                    Path path = out.resolve(file.getKey());
                    Files.writeString(path, file.getValue(), StandardCharsets.UTF_8);
                    text.println("written: " + path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the manifests cannot be written into " + out + " (" + e + ")", e);
            }
            text.flush();
            return 0;
        }
    }
}
