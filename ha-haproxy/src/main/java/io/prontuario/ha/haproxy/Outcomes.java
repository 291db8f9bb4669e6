package io.prontuario.ha.haproxy;

import io.prontuario.ha.spi.Outcome;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** How a step ended that was done on several proxies. */
final class Outcomes {
    private Outcomes() {}

    /** The worst outcome counts, and every proxy that is not as it was has its word in the detail, the worst first. */
    static Outcome together(List<Outcome> each) {
        List<Outcome> worstFirst = each.stream()
                .sorted(Comparator.comparingInt(Outcomes::rank).reversed())
                .toList();
        Outcome worst = worstFirst.get(0);
        String detail = worstFirst.stream()
                .filter(outcome -> outcome.kind() == worst.kind() || outcome.kind() != Outcome.Kind.ALREADY_SO)
                .map(Outcome::detail)
                .collect(Collectors.joining("; "));
        return new Outcome(worst.kind(), detail, worst.again());
    }

    private static int rank(Outcome outcome) {
        return switch (outcome.kind()) {
            case ALREADY_SO -> 0;
            case DONE -> 1;
            case IN_PROGRESS -> 2;
            case RETRY -> 3;
            case UNKNOWN -> 4;
            case REFUSED -> 5;
        };
    }
}
