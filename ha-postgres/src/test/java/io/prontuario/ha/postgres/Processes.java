package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Signals to single processes, by number, and who works in a folder (Linux). */
final class Processes {
    private Processes() {}

    static void signal(String signal, long pid) {
        if (!trySignal(signal, pid)) {
            throw new IllegalStateException("kill -" + signal + " " + pid + " failed: no such process?");
        }
    }

    /** Answers whether there was such a process. */
    static boolean trySignal(String signal, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return kill.waitFor(5, TimeUnit.SECONDS) && kill.exitValue() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("no command 'kill' on this machine", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + signal, e);
        }
    }

    /** The living processes whose working directory is {@code folder} or lies in it, or whose command line names it. */
    static List<Long> workingIn(Path folder) {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.matches("\\d+"))
                    .map(Long::valueOf)
                    .filter(pid -> pid != ProcessHandle.current().pid() && alive(pid))
                    .filter(pid -> worksIn(pid, folder) || names(pid, folder))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list processes", e);
        }
    }

    private static boolean alive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return !stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean worksIn(long pid, Path folder) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).startsWith(folder);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean names(long pid, Path folder) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains(folder + "/");
        } catch (IOException e) {
            return false;
        }
    }
}
