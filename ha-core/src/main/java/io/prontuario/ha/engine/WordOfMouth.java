package io.prontuario.ha.engine;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the primary's agent says of its server when it is asked directly. A question is kept open there, which it answers at once when
 * something changes: through the store the same news takes a write and a watch, several milliseconds of every outage.
 */
final class WordOfMouth {
    private static final Duration QUESTION = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofMillis(400);
    private static final Duration COUNTS = Duration.ofSeconds(1);

    private final Machine machine;
    private final Ticker ticker;
    private final Runnable wake;
    private final Map<NodeName, Heard> heard = new ConcurrentHashMap<>();
    private final Set<Peer> asked = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Peer target;

    /** An agent that is back may listen elsewhere than before. */
    private record Peer(NodeName node, String address) {}

    /** A word, and when it was said. */
    private record Heard(ServerWord word, long nanos) {}

    WordOfMouth(Machine machine, Ticker ticker, Runnable wake) {
        this.machine = machine;
        this.ticker = ticker;
        this.wake = wake;
    }

    /** Listens to this node from now on, and to no other. */
    void listen(NodeName node, String address) {
        Peer wanted = new Peer(node, address);
        target = wanted;
        if (asked.add(wanted)) {
            machine.start("prontuario-word", () -> listenTo(wanted));
        }
    }

    private void listenTo(Peer agent) {
        try {
            while (agent.equals(target)) {
                ask(agent.node(), agent.address());
            }
        } finally {
            asked.remove(agent);
        }
    }

    private void ask(NodeName node, String address) {
        Heard before = heard.get(node);
        String seen = before == null ? "" : before.word().toString();
        try {
            Optional<String> said = machine.switchboard().word(address, seen, QUESTION);
            if (said.isPresent()) {
                heard.put(node, new Heard(ServerWord.parse(said.get()), ticker.nanos()));
                wake.run();
                return;
            }
        } catch (IOException | IllegalArgumentException e) {
            // Its agent is away, or another program listens there: the store and the sightings tell what there is to
            // know.
            heard.remove(node);
        }
        machine.pause(ANSWER);
    }

    /** What the agent of this copy said of its server, if it said so a moment ago. */
    Optional<ServerWord> of(NodeName node, @Nullable Copy copy) {
        Heard last = heard.get(node);
        return last != null
                        && Objects.equals(last.word().copy(), copy)
                        && ticker.nanos() - last.nanos() < COUNTS.toNanos()
                ? Optional.of(last.word())
                : Optional.empty();
    }

    /** Listens to nobody any more, until the next {@link #listen}. */
    void rest() {
        target = null;
    }
}
