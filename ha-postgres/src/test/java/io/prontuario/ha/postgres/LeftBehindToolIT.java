package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A copy that outlives the agent that began it. */
class LeftBehindToolIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void aCopyThatAKilledAgentLeftBehindEndsBeforeTheNextOneBegins() {
        LabServer primary = lab.primary("studio-1");
        LabServer node = lab.absent("studio-2");
        node.identity().forget();
        CompletableFuture<Command.Result> former = CompletableFuture.supplyAsync(
                () -> lab.installation()
                        .run(
                                Duration.ofMinutes(5),
                                Map.of(),
                                List.of(
                                        "pg_basebackup",
                                        "-D",
                                        node.data().toString(),
                                        "-d",
                                        primary.server().connectionString(primary.address(), "prontuario-copy"),
                                        "-c",
                                        "fast",
                                        "-r",
                                        "32k")),
                lab.threads());
        Path first = node.data().resolve("backup_label");
        LabServer.await("the former copy is at work").until(() -> Files.exists(first));
        assertFalse(former.isDone());

        node.rejoin(primary);

        assertTrue(former.isDone(), "the former copy writes on");
        node.awaitStreamingFrom(primary);
    }

    @Test
    void aToolEndsWithTheThreadThatWaitsForIt() throws InterruptedException {
        Thread waiting = new Thread(() -> {
            try {
                Command.run(List.of("sleep", "293.5"), Map.of(), Duration.ofMinutes(5));
            } catch (PostgresException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.start();
        LabServer.await("it runs").until(() -> sleeping());
        waiting.interrupt();
        waiting.join();
        LabServer.await("it has ended").until(() -> !sleeping());
    }

    private static boolean sleeping() {
        return ProcessHandle.current()
                .children()
                .anyMatch(child -> child.info()
                        .arguments()
                        .filter(words -> List.of(words).contains("293.5"))
                        .isPresent());
    }
}
