package io.prontuario.ha.examples.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * Reads what {@code ha validate} would warn of and is meant to be so, with the reason, for whoever asks a year later. Only what an
 * installation may choose to do without: nobody should accept once and for all that a standby cannot be promoted.
 */
final class AcceptReader {
    private static final String[] AREAS = {"backups", "cloud", "machine", "proxies", "witness"};

    private AcceptReader() {}

    static Map<String, String> read(Section section) {
        section.allow(AREAS);
        Map<String, String> accepted = new TreeMap<>();
        for (String area : AREAS) {
            if (section.has(area)) {
                section.required(area, "why this is meant to be so", why -> why)
                        .ifPresent(why -> accepted.put(area, why));
            }
        }
        return accepted;
    }
}
