package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * PostgreSQL refuses to run as root. When this process is root, the same command is run again under an unprivileged account, in a
 * folder that belongs to it, from a copy of this program that it can read.
 */
public final class Unprivileged {
    private static final List<String> ACCOUNTS = List.of("postgres", "nobody");
    private static final long PATIENCE_SECONDS = 30;

    private Unprivileged() {}

    /** Whether this process is root. */
    public static boolean needed() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** What to do with the folder once the command has ended, and where in it results are left. */
    public interface Run {
        /** The words of the command, given the folder that belongs to the account. */
        List<String> words(Path folder);

        /** The command has ended; take results out of the folder. Answers whether the folder is to be kept. */
        boolean ended(Path folder, int exit) throws IOException;
    }

    /** Runs it to its end and answers its exit status. Everything it left in the folder is removed unless {@code run} keeps it. */
    public static int again(Run run) {
        Path folder = folder();
        boolean keep = false;
        try {
            List<String> words = new ArrayList<>(command(folder));
            words.addAll(run.words(folder));
            Process process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .inheritIO()
                    .start();
            Thread hook = new Thread(() -> end(process, folder));
            Runtime.getRuntime().addShutdownHook(hook);
            int exit = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(hook);
            keep = run.ended(folder, exit);
            return exit;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run under another account in " + folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        } catch (IllegalStateException e) {
            // The machine is going down or Ctrl-C was pressed: the hook is at work.
            return 130;
        } finally {
            if (!keep) {
                delete(folder);
            }
        }
    }

    private static void end(Process process, Path folder) {
        process.destroy();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        delete(folder);
    }

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("prontuario-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            Files.setOwner(folder, account());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder for an unprivileged account", e);
        }
    }

    static UserPrincipal account() {
        FileSystem files = Path.of("/").getFileSystem();
        for (String name : ACCOUNTS) {
            try {
                return files.getUserPrincipalLookupService().lookupPrincipalByName(name);
            } catch (IOException e) {
                // Not on this machine; the next one.
            }
        }
        throw new IllegalStateException("PostgreSQL refuses to run as root, and there is none of the accounts "
                + ACCOUNTS + " here: run as another user");
    }

    private static List<String> command(Path folder) throws IOException {
        String account = account().getName();
        List<String> copies = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path copy = folder.resolve("program-" + copies.size() + (entry.endsWith(".jar") ? ".jar" : ""));
            copyTree(Path.of(entry), copy);
            copies.add(copy.toString());
        }
        return List.of(
                "setpriv",
                "--reuid=" + account,
                "--regid=" + account,
                "--init-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                String.join(":", copies),
                "io.prontuario.ha.examples.cli.Ha");
    }

    private static void copyTree(Path from, Path to) throws IOException {
        UserPrincipal owner = account();
        try (Stream<Path> all = Files.walk(from)) {
            for (Path one : all.toList()) {
                Path place = to.resolve(from.relativize(one).toString());
                Files.copy(one, from.equals(one) ? to : place);
                Files.setOwner(from.equals(one) ? to : place, owner);
            }
        }
    }

    /** Deletes a folder with everything in it; what cannot be deleted is left. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("not everything under " + folder + " could be deleted: " + e.getMessage());
        }
    }
}
