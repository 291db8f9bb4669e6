package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server all of whose processes stop, under an agent that lives; they go on when the others have made do without it. */
final class HungServer implements Fault {
    private final LocalNode node;
    private final ProcessHandle postmaster;
    private final List<Long> stopped = new ArrayList<>();

    HungServer(LocalNode node) {
        this.node = node;
        this.postmaster = node.serverProcess()
                .postmaster()
                .orElseThrow(() -> new IllegalStateException("no server runs on " + node.name()));
    }

    @Override
    public String description() {
        return "kill -STOP of the server of " + node.name() + " (process " + postmaster.pid()
                + " and its children); its agent lives";
    }

    @Override
    public void inject() {
        // The one that makes the others first, so that none is missed.
        stop(List.of(postmaster.pid()));
        stop(postmaster.children().map(ProcessHandle::pid).toList());
    }

    private void stop(List<Long> pids) {
        Signals.freeze(pids);
        stopped.addAll(pids);
        Waiting.until(
                Duration.ofSeconds(5),
                "processes " + pids + " are stopped",
                () -> pids.stream()
                        .allMatch(pid -> Signals.frozen(pid)
                                || ProcessHandle.of(pid)
                                        .filter(ProcessHandle::isAlive)
                                        .isEmpty()));
    }

    @Override
    public void restore() {
        Signals.thaw(stopped);
    }
}
