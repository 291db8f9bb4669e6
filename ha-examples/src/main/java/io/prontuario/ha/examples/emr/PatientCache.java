package io.prontuario.ha.examples.emr;

import java.util.Optional;
import java.util.UUID;

/** Patients that were looked up lately. It may forget any at any moment, and never makes a request fail or wait for long. */
interface PatientCache extends AutoCloseable {
    Optional<Patient> get(UUID id);

    void put(Patient patient);

    @Override
    default void close() {}

    /** Remembers nothing: where there is no Redis. */
    static PatientCache none() {
        return new PatientCache() {
            @Override
            public Optional<Patient> get(UUID id) {
                return Optional.empty();
            }

            @Override
            public void put(Patient patient) {}
        };
    }
}
