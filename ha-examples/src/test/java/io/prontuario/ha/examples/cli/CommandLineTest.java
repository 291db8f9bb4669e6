package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line with wrong words or a wrong file: exit status 2, what to write instead, and nothing started. */
class CommandLineTest {
    private static final String WRONG = """
            %s: 2 violations
              line 3: store is '127.0.0.1', where '127.0.0.1' is not host:port; write it like studio-1:2181,studio-2:2181,lb:2181
              line 8: postgres.servres is not a known key; did you mean 'servers'?
            """;

    @TempDir
    Path folder;

    /** How a command ended. */
    private record Result(int exit, String out, String err) {}

    private static Result ha(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Ha.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(words);
        return new Result(exit, out.toString(), err.toString());
    }

    static Stream<String> commands() {
        return Ha.commandLine().getSubcommands().keySet().stream().sorted();
    }

    @Test
    void helpNamesEveryCommandAndTheExitStatuses() {
        Result result = ha("--help");
        assertEquals(0, result.exit());
        assertEquals("", result.err());
        List<String> words = Arrays.asList(result.out().split("\\s+"));
        assertTrue(words.containsAll(commands().toList()), result::out);
        assertTrue(
                result.out().contains("2   wrong arguments or a wrong configuration; nothing was started"),
                result::out);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandExplainsItselfAndEachOfItsOptions(String command) {
        Result result = ha(command, "--help");
        assertEquals(0, result.exit());
        CommandLine parsed = Ha.commandLine().getSubcommands().get(command);
        assertFalse(parsed.getCommandSpec().usageMessage().description().length == 0, command);
        parsed.getCommandSpec().options().forEach(option -> {
            assertTrue(result.out().contains(option.longestName()), () -> command + " " + option.longestName());
            assertFalse(
                    option.description().length == 0, () -> command + " " + option.longestName() + " is not described");
        });
    }

    @Test
    void withoutACommandItSaysWhichThereAre() {
        Result result = ha();
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("Missing required subcommand"), result::err);
        assertTrue(result.err().contains("status"), result::err);
    }

    @Test
    void aMistypedCommandIsToldWithTheNearest() {
        Result result = ha("switchovr");
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("Did you mean: ha switchover"), result::err);
    }

    @Test
    void aLoadThatCannotBeMadeIsRefusedBeforeAnythingIsStarted() {
        long threads = nodeThreads();
        Result crowd = ha("load", "--users", "0", "--writes", "120");
        Result shape = ha("load", "--through", "udp");
        Result phase = ha("load", "--during", "weekend");
        Result seconds = ha("load", "--seconds", "1");

        assertEquals(2, crowd.exit());
        assertTrue(crowd.err().contains("users: 0, must be 1 to 250"), crowd::err);
        assertTrue(crowd.err().contains("writes: 120 %, must be 0 to 100"), crowd::err);
        assertEquals(2, shape.exit());
        assertTrue(shape.err().contains("--through is 'udp'; it can be one of [http, tcp]"), shape::err);
        assertEquals(2, phase.exit());
        assertTrue(
                phase.err().contains("--during is 'weekend'; it can be one of [normal, switchover, failover]"),
                phase::err);
        assertEquals(2, seconds.exit());
        assertTrue(seconds.err().contains("--seconds is 1, must be 3 to 3600"), seconds::err);
        assertEquals(threads, nodeThreads());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"init", "node", "status", "history", "plan", "pause", "resume", "approve", "validate", "report"})
    void whatNeedsAFileSaysSo(String command) {
        Result result = ha(command);
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("Missing required option: '--config="), result::err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"init", "node", "status", "history", "plan", "pause", "resume", "approve", "validate", "report"})
    void aFileThatIsNotThereIsNamedAndNothingIsStarted(String command) {
        long threads = nodeThreads();
        Path missing = folder.resolve("missing.yaml");
        Result result = ha(command, "--config", missing.toString());
        assertEquals(
                new Result(
                        2,
                        "",
                        "ha: " + missing + ": 1 violation\n"
                                + "  does not exist: give the path of a node's file with --config\n"),
                result);
        assertEquals(threads, nodeThreads());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"init", "node", "status", "history", "plan", "pause", "resume", "approve", "validate", "report"})
    void aWrongFileIsRefusedWithAllThatIsWrongAndNothingIsMade(String command) throws IOException {
        long threads = nodeThreads();
        Path file = wrongFile();
        Result result = ha(command, "--config", file.toString());
        assertEquals(2, result.exit());
        assertEquals("", result.out());
        assertEquals("ha: " + WRONG.formatted(file), result.err());
        try (Stream<Path> made = Files.list(folder)) {
            assertEquals(List.of(file), made.toList());
        }
        assertEquals(threads, nodeThreads());
    }

    @Test
    void configCheckNamesEveryMistakeAtOnceWithLineAndSuggestion() throws IOException {
        Path file = wrongFile();
        Result plain = ha("config", "check", "--config", file.toString());
        Result json = ha("config", "check", "--json", "--config", file.toString());

        assertEquals(2, plain.exit());
        assertEquals("", plain.err());
        assertEquals(WRONG.formatted(file), plain.out());
        assertEquals(2, json.exit());
        assertEquals("", json.err());
        JsonObject said = JsonParser.parseString(json.out()).getAsJsonObject();
        assertFalse(said.get("valid").getAsBoolean());
        assertEquals(file.toString(), said.get("file").getAsString());
        assertEquals(2, said.getAsJsonArray("violations").size());
        JsonObject second = said.getAsJsonArray("violations").get(1).getAsJsonObject();
        assertEquals(8, second.get("line").getAsInt());
        assertEquals(
                "postgres.servres is not a known key; did you mean 'servers'?",
                second.get("text").getAsString());
    }

    @Test
    void configCheckIsContentWithTheFilesThatComeAlong() throws IOException {
        Path file = Files.writeString(
                folder.resolve("studio-1.yaml"),
                Files.readString(Path.of("src/main/config/studio-1.yaml"))
                        .replace(
                                "/etc/prontuario/password",
                                Files.writeString(folder.resolve("password"), "x")
                                        .toString()));
        Result plain = ha("config", "check", "--config", file.toString());
        Result json = ha("config", "check", "--json", "--config", file.toString());

        assertEquals(new Result(0, file + ": all is well: studio-1 (data node of medical-records)\n", ""), plain);
        assertEquals(0, json.exit());
        assertTrue(JsonParser.parseString(json.out())
                .getAsJsonObject()
                .get("valid")
                .getAsBoolean());
    }

    @Test
    void anOptionWithASlipIsNamedThoughAnotherIsMissingForIt() {
        Result result = ha("status", "--confg", "node.yaml");
        assertEquals(2, result.exit());
        assertTrue(result.err().startsWith("Unknown option: '--confg'; did you mean '--config'?"), result::err);
        assertTrue(result.err().contains("Missing required option: '--config="), result::err);
    }

    @Test
    void aPeriodThatCannotBeReadIsRefusedBeforeTheStoreIsAsked() {
        Result result = ha("report", "--last", "3weeks", "--config", "unread.yaml");
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("--last is '3weeks', expected such as 90s, 30m, 2h or 7d"), result::err);
    }

    @Test
    void aTakeoverIsApprovedOrNothingIsSaid() {
        String unread = folder.resolve("unread.yaml").toString();
        Result both = ha("approve", "--deny", "--takeover", "studio-2", "--config", unread);
        assertEquals(2, both.exit());
        assertTrue(both.err().contains("a takeover that nobody approves is denied"), both::err);
        assertEquals(
                2, ha("approve", "--takeover", "Studio 2", "--config", unread).exit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "many"})
    void historyRefusesAnOddNumberOfTransitions(String last) {
        Result result = ha("history", "--config", folder.resolve("unread.yaml").toString(), "--last", last);
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("--last"), result::err);
        assertFalse(result.err().contains("unread.yaml"), result::err);
    }

    @Test
    void initRefusesADurabilityThatThereIsNot() {
        Result result = ha("init", "--config", "unread.yaml", "--durability", "SAFE");
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("expected one of [AVAILABLE, STRICT, ASYNC]"), result::err);
    }

    private Path wrongFile() throws IOException {
        return Files.writeString(folder.resolve("node.yaml"), """
                cluster: medical-records
                node: studio-1
                store: 127.0.0.1
                http: 127.0.0.1:8008
                state: %1$s/state
                postgres:
                  data: %1$s/data
                  servres: {}
                """.formatted(folder));
    }

    private static long nodeThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("prontuario-"))
                .count();
    }

    @Test
    void gcpRenderWritesTheManifestsOnceAndNamesEveryWrongSetting() throws IOException {
        String[] words = {
            "gcp",
            "render",
            "--project",
            "my-hospital",
            "--image",
            "gcr.io/my-hospital/emergency-api:1.4",
            "--dns-zone",
            "hospital",
            "--record",
            "ehr.hospital.example.",
            "--rehearsal-record",
            "ehr-rehearsal.hospital.example.",
            "--on-premises",
            "203.0.113.10,203.0.113.11",
            "--out",
            folder.resolve("gcp").toString()
        };
        Result first = ha(words);
        Result second = ha(words);
        Result wrong = ha("gcp", "render", "--out", folder.resolve("none").toString());

        assertEquals(0, first.exit(), first.err());
        assertTrue(Files.readString(folder.resolve("gcp/emergency-deployment.yaml"))
                .contains("emergency-api:1.4"));
        assertTrue(Files.exists(folder.resolve("gcp/gke-emergency-cluster.json")));
        assertEquals(Ha.FAILED, second.exit());
        assertTrue(second.err().contains("is there already"), second.err());
        assertEquals(Ha.WRONG_INPUT, wrong.exit());
        assertTrue(wrong.err().contains("project: missing") && wrong.err().contains("onPremises: empty"), wrong.err());
        assertFalse(Files.exists(folder.resolve("none")));
    }
}
