package io.prontuario.ha.examples.demo;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.gcp.CloudDouble;
import io.prontuario.ha.model.EmergencyPhase;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Both machines are lost for good; ZooKeeper has a majority elsewhere. The cloud, a double that the real clients talk to, is approved, woken
 * and led to; then the machines come back, clients are led home, and the cloud goes to sleep.
 */
final class SiteLost implements Fault {
    private static final String NAME = "ehr.hospital.example.";
    private static final String WHO = "the demonstration";
    private static final Duration ASKED = Duration.ofSeconds(60);
    private static final Duration SERVED = Duration.ofMinutes(3);
    private static final Duration BACK = Duration.ofMinutes(2);

    private final LocalCluster cluster;
    private final CloudDouble cloud;
    private final EmergencyControl control;
    private final List<String> told = new ArrayList<>();

    SiteLost(LocalCluster cluster) {
        this.cluster = cluster;
        this.cloud = cluster.cloud();
        this.control = cluster.emergency();
    }

    @Override
    public String description() {
        return "kill -9 of the servers and agents of both machines; the cloud is approved, later the machines come back";
    }

    @Override
    public void inject() {
        long lost = System.nanoTime();
        for (LocalNode node : cluster.dataNodes()) {
            node.killAgent();
            node.serverProcess().kill();
        }
        await(ASKED, EmergencyPhase.ASKED);
        tell(lost, "asked for, " + control.now().orElseThrow().reason());
        control.approve(WHO);
        long decided = System.nanoTime();
        Waiting.until(SERVED, "a client who asks for the name is served by the cloud", this::served);
        tell(
                lost,
                "approved, and the first request served "
                        + Duration.ofNanos(System.nanoTime() - decided).toMillis() + " ms after that");
        await(SERVED, EmergencyPhase.SERVING);
        tell(lost, "grown: " + cloud.endState());
        cluster.dataNodes().forEach(LocalNode::start);
    }

    /** The way home, once the site is redundant again. */
    @Override
    public void verify() {
        long asked = System.nanoTime();
        control.failback(WHO);
        await(BACK, EmergencyPhase.ENDED);
        tell(asked, "asked back, clients led home and the cloud asleep: " + cloud.endState());
        if (!cloud.resolve(NAME).equals(List.of(CloudDouble.SITE))) {
            throw new IllegalStateException(NAME + " leads to " + cloud.resolve(NAME) + " after the way back");
        }
        long drilled = System.nanoTime();
        cluster.drillGcp().lines().forEach(line -> told.add("      " + line));
        tell(drilled, "rehearsed: ha drill gcp");
    }

    @Override
    public List<String> told() {
        return List.copyOf(told);
    }

    private void await(Duration limit, EmergencyPhase phase) {
        Waiting.until(
                limit,
                "the emergency is " + phase,
                () -> control.now().filter(now -> now.phase() == phase).isPresent());
    }

    private void tell(long since, String what) {
        told.add(String.format("  + %5d ms  emergency    %s", (System.nanoTime() - since) / 1_000_000, what));
    }

    private boolean served() {
        if (!cloud.resolve(NAME).contains(CloudDouble.CLOUD)) {
            return false;
        }
        try {
            HttpURLConnection request =
                    (HttpURLConnection) URI.create("http://" + CloudDouble.CLOUD + ":" + cloud.port() + "/ready")
                            .toURL()
                            .openConnection();
            request.setConnectTimeout(500);
            request.setReadTimeout(500);
            return request.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }
}
