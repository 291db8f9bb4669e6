package io.prontuario.ha.examples.extend;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * Keeps the primary's address in a file, for scripts that know nothing of the cluster: {@code pg_dump -h $(cat FILE)}.
 *
 * @param file which; its folder must be there
 * @param addresses what to write for each node
 */
public record AddressFile(Path file, Map<NodeName, String> addresses) implements FailoverStrategy {
    public AddressFile {
        addresses = Map.copyOf(addresses);
    }

    @Override
    public String name() {
        return "address-file";
    }

    @Override
    public Layer layer() {
        return Layer.SERVICE;
    }

    @Override
    public Placement placement() {
        return Placement.EVERYWHERE;
    }

    @Override
    public Outcome isolate(StepRequest request) {
        try {
            boolean named = says(addresses.getOrDefault(request.step().target(), ""));
            return named && Files.deleteIfExists(file) ? Outcome.done("") : Outcome.alreadySo(file + " names another");
        } catch (IOException e) {
            return Outcome.unknown(file + " cannot be read or deleted: " + e);
        }
    }

    @Override
    public Outcome enable(StepRequest request) {
        return write(request.step().target());
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return state.active() ? write(state.primary().node()) : Outcome.alreadySo("nobody is active");
    }

    private Outcome write(NodeName node) {
        String address = addresses.get(node);
        if (address == null) {
            return Outcome.refused("no address is known for " + node + ": name it when the strategy is made");
        }
        try {
            if (says(address)) {
                return Outcome.alreadySo("");
            }
            Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), address + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            return says(address) ? Outcome.done("") : Outcome.unknown(file + " says something else");
        } catch (IOException e) {
            return Outcome.retry(file + " cannot be written: " + e, Duration.ofSeconds(1));
        }
    }

    private boolean says(String address) throws IOException {
        return Files.exists(file) && Files.readString(file).strip().equals(address);
    }
}
