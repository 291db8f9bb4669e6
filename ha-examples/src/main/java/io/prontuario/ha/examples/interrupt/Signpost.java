package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with the primary's name in it, for services that go by one: a second strategy, so that a transition has a step between two. */
final class Signpost implements FailoverStrategy {
    private final Path file;

    Signpost(Path folder) {
        this.file = folder.resolve("signpost");
    }

    /** Whom it names; empty when nobody. */
    String named() throws IOException {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    private Outcome name(String node) {
        try {
            if (named().equals(node)) {
                return Outcome.alreadySo(node);
            }
            Files.writeString(file, node, StandardCharsets.UTF_8);
            return Outcome.done(node);
        } catch (IOException e) {
            return Outcome.unknown(file + " cannot be written: " + e.getMessage());
        }
    }

    @Override
    public String name() {
        return "signpost";
    }

    @Override
    public Layer layer() {
        return Layer.SERVICE;
    }

    @Override
    public Placement placement() {
        return Placement.COORDINATOR;
    }

    /** Who reads it finds out by himself that nobody serves there. */
    @Override
    public Outcome isolate(StepRequest request) {
        return Outcome.alreadySo("");
    }

    @Override
    public Outcome enable(StepRequest request) {
        return name(request.step().target().value());
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return state.active() ? name(state.primary().node().value()) : Outcome.alreadySo("");
    }
}
