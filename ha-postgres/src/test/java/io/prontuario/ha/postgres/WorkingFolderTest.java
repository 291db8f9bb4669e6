package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which processes are ended with a server: those that work in its folder, and not in another of the same path. */
class WorkingFolderTest {
    @TempDir
    private Path folder;

    private Path data;
    private Path other;
    private Process process;

    @BeforeEach
    void makeFolders() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        other = Files.createDirectory(folder.resolve("other"));
    }

    @AfterEach
    void endProcess() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void aProcessThatWorksInTheFolderIsFoundByEveryPathOfIt() throws IOException {
        assumeTrue(ProcessStat.isThere(), "no /proc here");
        long pid = started(List.of("/bin/sh", "-c", "cd '" + data + "' && echo there && read end"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), data);

        assertTrue(PostgresServer.worksIn(pid, data));
        assertTrue(PostgresServer.worksIn(pid, link));
        assertFalse(PostgresServer.worksIn(pid, other));
        assertFalse(PostgresServer.worksIn(pid, folder.resolve("missing")));
    }

    /** Two nodes in containers that share their processes and not their mounts: each has its data at the same path. */
    @Test
    void aProcessInAnotherFolderOfTheSamePathIsNotTakenForOneHere() throws IOException {
        String mine = "mount --bind '" + other + "' '" + data + "' && cd '" + data + "'";
        String end = " && echo there && read end";
        long pid = started(List.of("unshare", "-m", "/bin/sh", "-c", mine + end));
        assumeTrue(pid > 0, "another mount namespace is not permitted here");

        assertTrue(Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).equals(data.toRealPath()));
        assertFalse(PostgresServer.worksIn(pid, data));
        assertTrue(PostgresServer.worksIn(pid, other));
    }

    /** Its process id once it says that it is there; 0 when it is not permitted. */
    private long started(List<String> command) throws IOException {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return 0;
        }
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        return "there".equals(said.readLine()) ? process.pid() : 0;
    }
}
