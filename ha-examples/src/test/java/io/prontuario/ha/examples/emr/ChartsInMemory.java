package io.prontuario.ha.examples.emr;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Charts as they should be, and a database that can be away. */
final class ChartsInMemory implements Charts {
    private final Map<UUID, Patient> patients = new LinkedHashMap<>();
    private final Map<UUID, Entry> entries = new LinkedHashMap<>();
    SQLException trouble;
    int readings;

    private void look() throws SQLException {
        readings++;
        if (trouble != null) {
            throw trouble;
        }
    }

    @Override
    public Written admit(Patient patient) throws SQLException {
        look();
        Patient before = patients.putIfAbsent(patient.id(), patient);
        return before == null ? Written.NEW : before.equals(patient) ? Written.ALREADY_THERE : Written.TAKEN;
    }

    @Override
    public Written write(Entry entry) throws SQLException {
        look();
        if (!patients.containsKey(entry.patient())) {
            return Written.NO_PATIENT;
        }
        Entry before = entries.putIfAbsent(entry.id(), entry);
        return before == null ? Written.NEW : before.equals(entry) ? Written.ALREADY_THERE : Written.TAKEN;
    }

    @Override
    public Optional<Patient> patient(UUID id) throws SQLException {
        look();
        return Optional.ofNullable(patients.get(id));
    }

    @Override
    public List<Patient> named(String beginning) throws SQLException {
        look();
        String wanted = beginning.toLowerCase(Locale.ROOT);
        return patients.values().stream()
                .filter(patient -> patient.name().toLowerCase(Locale.ROOT).startsWith(wanted))
                .toList();
    }

    @Override
    public List<Entry> chart(UUID patient) throws SQLException {
        look();
        List<Entry> found = new ArrayList<>(entries.values().stream()
                .filter(entry -> entry.patient().equals(patient))
                .toList());
        java.util.Collections.reverse(found);
        return found;
    }
}
