package io.prontuario.ha.examples.emr;

import java.util.UUID;

/**
 * One entry of a chart. Entries are added and never changed.
 *
 * @param id chosen by whoever writes it, so that the same request may be sent again
 * @param patient whose chart
 * @param kind what it is
 * @param text what it says
 */
record Entry(UUID id, UUID patient, EntryKind kind, String text) {}
