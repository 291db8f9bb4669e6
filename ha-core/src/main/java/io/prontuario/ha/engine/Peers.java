package io.prontuario.ha.engine;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * What the other nodes answer when they are asked directly: what they see of the primary's host, whether they serve as primary. Asked
 * in the background, never waited for by the loop; an answer's age counts from the moment it was asked for.
 */
final class Peers {
    private final Switchboard switchboard;
    private final Ticker ticker;
    private final Runnable wake;
    /** By name, so that what is said of them is always said in the same order. */
    private final Map<NodeName, Heard> sightings = new ConcurrentSkipListMap<>();

    private final Map<NodeName, Long> askedAt = new ConcurrentHashMap<>();
    private final Map<NodeName, HeardAnswer> primary = new ConcurrentHashMap<>();

    /** What a node said, and when it was asked. */
    private record Heard(List<Sighting> sightings, long askedNanos) {}

    private record HeardAnswer(Answer answer, long askedNanos) {}

    Peers(Switchboard switchboard, Ticker ticker, Runnable wake) {
        this.switchboard = switchboard;
        this.ticker = ticker;
        this.wake = wake;
    }

    /** Asks a node what it sees, unless it was asked less than {@code every} ago. */
    void askSightings(NodeName node, String address, Duration every) {
        long now = ticker.nanos();
        Long last = askedAt.get(node);
        if (last != null && now - last < every.toNanos()) {
            return;
        }
        askedAt.put(node, now);
        switchboard
                .sightings(address)
                .thenAccept(seen -> {
                    sightings.put(node, new Heard(seen, now));
                    wake.run();
                })
                .exceptionally(failure -> {
                    sightings.remove(node);
                    return null;
                });
    }

    /** What was heard and is not older than {@code most}; ages include the time since. */
    List<Sighting> heard(Duration most) {
        long now = ticker.nanos();
        List<Sighting> all = new ArrayList<>();
        for (Heard heard : sightings.values()) {
            Duration age = Duration.ofNanos(now - heard.askedNanos());
            if (age.compareTo(most) <= 0) {
                // A negative answer stays negative; a positive one ages until it was asked for again.
                heard.sightings()
                        .forEach(sighting -> all.add(new Sighting(
                                sighting.observer(),
                                sighting.target(),
                                sighting.means(),
                                sighting.answer(),
                                sighting.lastReachedAge().plus(age),
                                sighting.byProxy())));
            }
        }
        return all;
    }

    /** Asks a node whether it serves as primary. */
    void askPrimary(NodeName node, String address, Duration every) {
        long now = ticker.nanos();
        HeardAnswer last = primary.get(node);
        if (last != null && now - last.askedNanos() < every.toNanos()) {
            return;
        }
        primary.put(node, new HeardAnswer(last == null ? Answer.UNKNOWN : last.answer(), now));
        Function<Answer, HeardAnswer> heard = answer -> new HeardAnswer(answer, now);
        switchboard
                .primary(address)
                .thenAccept(answered -> {
                    primary.put(node, heard.apply(Answer.REACHED));
                    wake.run();
                })
                .exceptionally(failure -> {
                    primary.put(node, heard.apply(Answer.UNREACHED));
                    wake.run();
                    return null;
                });
    }

    Answer primaryAnswer(NodeName node) {
        HeardAnswer last = primary.get(node);
        return last == null ? Answer.UNKNOWN : last.answer();
    }

    void forgetPrimaryAnswers() {
        primary.clear();
    }

    /** Waits until a node says that it is the epoch's active primary; answers whether it did. Blocks the caller for up to {@code limit}. */
    boolean awaitActive(String address, long epoch, Duration limit) {
        return answered(() -> switchboard.active(address, epoch, limit));
    }

    /** Waits until a node says that its server is open in the epoch; answers whether it did. Blocks the caller for up to {@code limit}. */
    boolean awaitOpened(String address, long epoch, Duration limit) {
        return answered(() -> switchboard.opened(address, epoch, limit));
    }

    /** What a node's agent says of its server at this moment; empty when it does not answer. Blocks the caller for up to {@link Switchboard#ASK}. */
    Optional<ServerWord> word(String address) {
        try {
            return switchboard.word(address, "", Switchboard.ASK).map(ServerWord::parse);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A question that may go unanswered. */
    private interface Asked {
        boolean answer() throws IOException;
    }

    private static boolean answered(Asked question) {
        try {
            return question.answer();
        } catch (IOException e) {
            return false;
        }
    }
}
