package io.prontuario.ha.examples.emr;

import io.prontuario.ha.Feature;
import java.util.List;

/** What the record does, and from which functionality level on. At 25, which the deployment guide calls emergency, two are left. */
final class EmrFeature {
    /** Looking things up. */
    static final Feature READING = new Feature("reading", 10);
    /** Admitting a patient, and what is written down at the bedside in an emergency. */
    static final Feature EMERGENCY = new Feature("emergency", 25);
    /** Everyday notes. */
    static final Feature NOTES = new Feature("notes", 50);
    /** Ordering examinations and medication. */
    static final Feature ORDERS = new Feature("orders", 75);
    /** What is written for the accounts, and can be written tomorrow. */
    static final Feature BILLING = new Feature("billing", 100);

    static final List<Feature> ALL = List.of(READING, EMERGENCY, NOTES, ORDERS, BILLING);

    private EmrFeature() {}
}
