package io.prontuario.ha.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * An entry at its place in the trail. Its hash is over its content and the hash of the one before it, so none can be changed, put in or taken
 * out of the middle without all that follow being made anew.
 *
 * @param number from 1 on, without gaps
 * @param previous the hash of the one before it; {@link #NOTHING} for the first
 * @param entry what it says
 * @param hash SHA-256 of all this, in hexadecimal digits
 */
public record AuditRecord(long number, String previous, AuditEntry entry, String hash) {
    /** What stands before the first one. */
    public static final String NOTHING = "0".repeat(64);

    /** The record of an entry behind another; behind nothing when there is none. */
    public static AuditRecord after(Optional<Head> before, AuditEntry entry) {
        long number = before.map(Head::number).orElse(0L) + 1;
        String previous = before.map(Head::hash).orElse(NOTHING);
        return new AuditRecord(number, previous, entry, hash(number, previous, entry));
    }

    /** The end of a trail: whoever remembers it finds out when the trail is cut off before it, or was made anew. */
    public record Head(long number, String hash) {}

    /** This record as the end of a trail. */
    public Head head() {
        return new Head(number, hash);
    }

    /** Whether its hash is that of its content. */
    public boolean intact() {
        return hash.equals(hash(number, previous, entry));
    }

    private static String hash(long number, String previous, AuditEntry entry) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        List<String> fields = List.of(
                Long.toString(number),
                previous,
                entry.at().toString(),
                entry.who(),
                entry.kind().name(),
                entry.what(),
                entry.why(),
                entry.evidence());
        for (String field : fields) {
            // With its length, so that no character can move from one field to the next; as UTF-16, high byte first.
            String text = field.length() + ":" + field;
            for (int i = 0; i < text.length(); i++) {
                digest.update((byte) (text.charAt(i) >> Byte.SIZE));
                digest.update((byte) text.charAt(i));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
