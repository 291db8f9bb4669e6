package io.prontuario.ha.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What Linux says of a process in {@code /proc/PID/stat} (proc(5)).
 *
 * @param command its name, without its path, at most 15 characters
 * @param state one letter, such as {@code S} for sleeping and {@code Z} for dead and not reaped
 * @param flags the kernel's flags of it
 */
record ProcessStat(String command, char state, long flags) {
    /** PF_EXITING (include/linux/sched.h): it runs in the kernel only, to its end. */
    private static final long EXITING = 0x4;

    private static final boolean THERE = Files.exists(Path.of("/proc/self/stat"));
    private static final int STATE = 0;
    private static final int FLAGS = 6;

    /** Whether this system has such files: Linux. */
    static boolean isThere() {
        return THERE;
    }

    /** Of a process; empty when there is none, or where there is no such file. */
    static Optional<ProcessStat> of(long pid) {
        try {
            return parse(Files.readString(Path.of("/proc/" + pid + "/stat")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The name may hold blanks and brackets of its own. */
    static Optional<ProcessStat> parse(String text) {
        int begin = text.indexOf('(');
        int end = text.lastIndexOf(')');
        if (begin < 0 || end < begin) {
            return Optional.empty();
        }
        int from = end + 2;
        for (int field = STATE; field < FLAGS && from > 0; field++) {
            from = text.indexOf(' ', from) + 1;
        }
        int to = text.indexOf(' ', from);
        if (from <= 0 || to < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessStat(
                    text.substring(begin + 1, end), text.charAt(end + 2), Long.parseLong(text, from, to, 10)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean unreaped() {
        return state == 'Z';
    }

    boolean exiting() {
        return (flags & EXITING) != 0;
    }
}
