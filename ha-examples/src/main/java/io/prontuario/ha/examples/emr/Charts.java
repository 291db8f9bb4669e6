package io.prontuario.ha.examples.emr;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Patients and their charts. A write that is sent again under its id is written once. */
interface Charts {
    /** What became of a write. */
    enum Written {
        /** It is there now. */
        NEW,
        /** It was there before, the very same: an answer was lost. */
        ALREADY_THERE,
        /** Something else is there under that id. */
        TAKEN,
        /** There is no such patient. */
        NO_PATIENT
    }

    Written admit(Patient patient) throws SQLException;

    Written write(Entry entry) throws SQLException;

    Optional<Patient> patient(UUID id) throws SQLException;

    /** Whose name begins so. Whoever was admitted within the last moments may be missing. */
    List<Patient> named(String beginning) throws SQLException;

    /** The latest entries of a patient's chart, the latest first. */
    List<Entry> chart(UUID patient) throws SQLException;
}
