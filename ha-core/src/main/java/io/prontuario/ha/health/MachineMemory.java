package io.prontuario.ha.health;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The machine's memory.
 *
 * @param total all of it, in bytes
 * @param available what a program could still get, in bytes: free, or used for what the system would give up
 */
record MachineMemory(long total, long available) {
    private static final Path LINUX = Path.of("/proc/meminfo");

    /** Pages that macOS hands out at once or after dropping what they hold (macOS, vm_stat(1)). */
    private static final String[] GIVEN_UP = {"free", "inactive", "speculative"};

    double used() {
        return 1 - (double) available / total;
    }

    static MachineMemory read() throws IOException, InterruptedException {
        return Files.isReadable(LINUX)
                ? ofMeminfo(Files.readString(LINUX))
                : ofVmStat(
                        vmStat(),
                        ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                                .getTotalMemorySize());
    }

    /** Linux, proc(5): {@code MemAvailable} is what new programs could use without swapping. */
    static MachineMemory ofMeminfo(String text) throws IOException {
        return new MachineMemory(
                number(text, "(?m)^MemTotal:\\s+(\\d+) kB") * 1024,
                number(text, "(?m)^MemAvailable:\\s+(\\d+) kB") * 1024);
    }

    static MachineMemory ofVmStat(String text, long total) throws IOException {
        long size = number(text, "page size of (\\d+) bytes");
        long pages = 0;
        for (String kind : GIVEN_UP) {
            pages += number(text, "(?m)^Pages " + kind + ":\\s+(\\d+)\\.");
        }
        return new MachineMemory(total, pages * size);
    }

    private static long number(String text, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("the system does not say how its memory is used: nothing like '" + pattern + "'");
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String vmStat() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("/usr/bin/vm_stat").redirectErrorStream(true).start();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text;
        } finally {
            process.destroyForcibly();
        }
    }
}
