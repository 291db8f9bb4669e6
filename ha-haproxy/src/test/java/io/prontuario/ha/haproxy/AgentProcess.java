package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.NodeName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** An agent in a process of its own, which can be frozen as the host it stands for would be. */
final class AgentProcess implements AutoCloseable {
    private final Process process;

    private AgentProcess(Process process) {
        this.process = process;
    }

    /** Takes over the port of the lab's own agent. */
    static AgentProcess inPlaceOf(HaproxyLab lab, NodeName node) throws IOException {
        lab.agent(node).close();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PrimaryResponder.class.getName(),
                        Integer.toString(lab.agentPort(node)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (!("ready on " + lab.agentPort(node)).equals(line)) {
            throw new IllegalStateException("the agent's process said " + line);
        }
        return new AgentProcess(process);
    }

    void freeze() {
        Signals.stop(process.toHandle());
    }

    void thaw() {
        Signals.carryOn(process.toHandle());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
