package io.prontuario.ha.examples.emr;

import java.time.LocalDate;
import java.util.UUID;

/**
 * Somebody whose record this is.
 *
 * @param id chosen by whoever admits the patient, so that the same request may be sent again
 * @param name as it is spoken
 * @param born the day of birth
 */
record Patient(UUID id, String name, LocalDate born) {}
