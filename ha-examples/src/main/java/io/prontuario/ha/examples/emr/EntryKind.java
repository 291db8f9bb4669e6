package io.prontuario.ha.examples.emr;

import io.prontuario.ha.Feature;
import java.util.Arrays;
import java.util.Optional;

/** What can be written into a chart. */
enum EntryKind {
    EMERGENCY_NOTE("emergency-notes", EmrFeature.EMERGENCY),
    NOTE("notes", EmrFeature.NOTES),
    ORDER("orders", EmrFeature.ORDERS),
    INVOICE("invoices", EmrFeature.BILLING);

    private final String path;

    @SuppressWarnings("ImmutableEnumChecker") // a record of a name and a number
    private final Feature feature;

    EntryKind(String path, Feature feature) {
        this.path = path;
        this.feature = feature;
    }

    /** What it is called in a path, and in the table. */
    String path() {
        return path;
    }

    /** What has to be open for it. */
    Feature feature() {
        return feature;
    }

    static Optional<EntryKind> of(String path) {
        return Arrays.stream(values()).filter(kind -> kind.path.equals(path)).findFirst();
    }
}
