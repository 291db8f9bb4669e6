package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command of {@code ha} in namespaces of its own: processes, network, mounts and System V memory (Linux's {@code unshare}). It may make hosts of
 * network namespaces in there and mount small disks, and nothing of it is seen outside or outlives it: when its first process ends,
 * however it ends, the kernel ends all the others and forgets the rest.
 */
public final class OwnNamespaces {
    /** Empty in there, and gone with it; a folder that every Linux has. */
    public static final Path HOME = Path.of("/mnt");

    private static final long PROBE_SECONDS = 20;

    /** The first process: makes room, then waits for the command and takes in whoever loses its parent. */
    private static final String FIRST_PROCESS = """
            set -e
            umask 0
            mount -t tmpfs -o mode=0755 prontuario-ha "$1"
            mkdir -p /run/netns
            mount -t tmpfs prontuario-ha /run/netns
            ip link set lo up
            # Where Java programs keep figures by process id: those in here would meet those outside.
            for name in root "$4"; do
              mkdir -p "/tmp/hsperfdata_$name"
              mount -t tmpfs -o mode=0755 prontuario-ha "/tmp/hsperfdata_$name"
            done
            mkdir "$1/program"
            classes=
            IFS=:
            for entry in $2; do
              copy="$1/program/$((${count:=0}))-${entry##*/}"
              count=$((count + 1))
              cp -r "$entry" "$copy"
              classes="$classes${classes:+:}$copy"
            done
            java=$3
            home=$1
            shift 4
            status=0
            "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.io.tmpdir="$home" -cp "$classes" "$@" || status=$?
            exit "$status"
            """;

    private OwnNamespaces() {}

    /** Why it cannot be done here; empty when it can. */
    public static Optional<String> refusal() {
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            return Optional.of("network namespaces are Linux's");
        }
        if (!Unprivileged.needed()) {
            return Optional.of("making network namespaces needs root: run it with sudo");
        }
        String probe = "mount -t tmpfs probe " + HOME + " && mkdir -p /run/netns && mount -t tmpfs probe /run/netns"
                + " && ip netns add probe && ip link add name a type veth peer name b netns probe"
                + " && ip link add bridge type bridge && nft add table inet probe && command -v tc setpriv nsenter";
        List<String> words = new ArrayList<>(unshare());
        words.addAll(List.of("bash", "-c", probe));
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean ended = process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of("network namespaces cannot be made here (unshare, ip, nft): " + output);
        } catch (IOException e) {
            return Optional.of("network namespaces cannot be made here: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    private static List<String> unshare() {
        return List.of(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "--net",
                "--ipc",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc");
    }

    /**
     * Runs a main class in there to its end and answers its exit status. Its standard input ends when this process does, {@link #endWithParent}.
     *
     * @param words the main class and its arguments
     */
    public static int run(List<String> words) {
        List<String> all = new ArrayList<>(unshare());
        all.addAll(List.of(
                "bash",
                "-c",
                FIRST_PROCESS,
                "ha",
                HOME.toString(),
                System.getProperty("java.class.path"),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Unprivileged.account().getName()));
        all.addAll(words);
        try {
            Process process = new ProcessBuilder(all)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Thread hook = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(hook);
            int exit = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(hook);
            return exit;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run in namespaces of its own", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        } catch (IllegalStateException e) {
            // Ctrl-C was pressed: the hook is at work.
            return 130;
        }
    }

    /** In there: ends this process when the one outside is gone, even by SIGKILL. */
    public static void endWithParent() {
        Thread watch = new Thread(
                () -> {
                    try {
                        int read = 0;
                        while (read >= 0) {
                            read = System.in.read();
                        }
                    } catch (IOException e) {
                        // Gone as well.
                        Runtime.getRuntime().halt(1);
                    }
                    Runtime.getRuntime().halt(130);
                },
                "parent");
        watch.setDaemon(true);
        watch.start();
    }

    /** In there: the words that bring a command line into a network namespace, under an account that PostgreSQL agrees to run under. */
    public static List<String> launcher(String namespace) {
        String account = Unprivileged.account().getName();
        return List.of(
                "nsenter",
                "--net=/run/netns/" + namespace,
                "setpriv",
                "--reuid=" + account,
                "--regid=" + account,
                "--init-groups");
    }
}
