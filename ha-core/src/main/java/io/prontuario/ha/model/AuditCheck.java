package io.prontuario.ha.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what was done to an audit trail. Pure. */
public final class AuditCheck {
    private AuditCheck() {}

    /**
     * What is wrong with a trail, a sentence each; empty when nothing is. A trail says of itself when an entry was changed, put in or taken out
     * of the middle. It cannot say that its end was cut off and its head set back, or that all of it was made anew: that takes somebody who
     * remembers a later end.
     *
     * @param trail in order
     * @param head the end as the store has it beside the entries; empty when there is none
     * @param kept how many the store keeps; older ones are removed in order
     * @param remembered the ends that others remember, by who they are
     */
    public static List<String> findings(
            List<AuditRecord> trail,
            Optional<AuditRecord.Head> head,
            int kept,
            Map<String, AuditRecord.Head> remembered) {
        List<String> wrong = new ArrayList<>();
        AuditRecord before = null;
        for (AuditRecord one : trail) {
            if (!one.intact()) {
                wrong.add("entry " + one.number() + " was changed: its hash is not that of its content");
            }
            if (before == null) {
                first(one, head, kept).ifPresent(wrong::add);
            } else if (one.number() != before.number() + 1) {
                wrong.add("between entry " + before.number() + " and entry " + one.number() + " "
                        + (one.number() - before.number() - 1) + " are missing");
            } else if (!one.previous().equals(before.hash())) {
                wrong.add("entry " + one.number() + " does not follow on entry " + before.number()
                        + ": one of them is not the one that was written");
            }
            before = one;
        }
        Optional<AuditRecord.Head> last = Optional.ofNullable(before).map(AuditRecord::head);
        if (!last.equals(head)) {
            wrong.add("the end is " + last.map(AuditCheck::told).orElse("nothing") + ", and the store says "
                    + head.map(AuditCheck::told).orElse("nothing") + ": entries at the end are missing or were put in");
        }
        remembered.forEach((who, end) -> against(trail, last, who, end).ifPresent(wrong::add));
        return wrong;
    }

    private static Optional<String> first(AuditRecord one, Optional<AuditRecord.Head> head, int kept) {
        long last = head.map(AuditRecord.Head::number).orElse(one.number());
        if (one.number() == 1) {
            return one.previous().equals(AuditRecord.NOTHING)
                    ? Optional.empty()
                    : Optional.of("entry 1 says that there is one before it");
        }
        return last - one.number() + 1 >= kept
                ? Optional.empty()
                : Optional.of("the trail begins with entry " + one.number() + ": " + (one.number() - 1)
                        + " are missing that are not old enough to be removed");
    }

    private static Optional<String> against(
            List<AuditRecord> trail, Optional<AuditRecord.Head> last, String who, AuditRecord.Head end) {
        if (last.isEmpty() || last.get().number() < end.number()) {
            return Optional.of("the end was cut off: " + who + " remembers " + told(end) + ", the last one here is "
                    + last.map(AuditCheck::told).orElse("none"));
        }
        return trail.stream()
                .filter(one -> one.number() == end.number() && !one.hash().equals(end.hash()))
                .findFirst()
                .map(one -> "the trail was made anew: entry " + end.number() + " is " + told(one.head()) + ", and "
                        + who + " remembers " + told(end));
    }

    private static String told(AuditRecord.Head head) {
        return "entry " + head.number() + " ("
                + head.hash().substring(0, Math.min(12, head.hash().length())) + "…)";
    }
}
