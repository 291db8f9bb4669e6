package io.prontuario.ha.haproxy;

import java.time.Duration;

/** Asks a runtime API and prints what went wrong; run under another account. */
final class AskAsAnother {
    private AskAsAnother() {}

    public static void main(String[] words) {
        try {
            System.out.println(new RuntimeApi(new RuntimeAddress(words[0]), Duration.ofSeconds(5)).send("show info"));
        } catch (HaproxyException e) {
            System.out.println(e.getMessage());
        }
    }
}
