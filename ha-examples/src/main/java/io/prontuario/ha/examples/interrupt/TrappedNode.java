package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.local.NodeEvent;
import io.prontuario.ha.examples.local.NodeProgram;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A host application that runs a node with traps in it. It ends when it is killed. */
public final class TrappedNode {
    private TrappedNode() {}

    /** It as the program of a cluster's nodes. */
    static NodeProgram program(Path traps) {
        return configuration -> List.of(TrappedNode.class.getName(), configuration.toString(), traps.toString());
    }

    /** Given the node's YAML file and the folder of the trap. */
    public static void main(String[] arguments) throws InterruptedException {
        NodeConfig config = NodeConfig.read(Path.of(arguments[0]));
        Path traps = Path.of(arguments[1]);
        Trap trap = new Trap(traps);
        HaNode.Builder builder = config.builderAround(
                        new TrappedStore(config.openStore(), trap, config.node()),
                        strategy -> new TrappedStrategy(strategy, trap, config.node()))
                .strategy(new TrappedStrategy(new Signpost(traps), trap, config.node()))
                .addListener(event -> {
                    System.out.println(NodeEvent.of(event).toJson());
                    System.out.flush();
                });
        try (HaNode node = builder.start()) {
            System.out.println(config.title() + " runs; HTTP on port " + node.httpPort());
            new CountDownLatch(1).await();
        }
    }
}
