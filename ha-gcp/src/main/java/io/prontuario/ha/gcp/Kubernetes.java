package io.prontuario.ha.gcp;

import com.google.api.services.container.model.Cluster;
import com.google.api.services.container.model.DNSEndpointConfig;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's API server. Its address comes from the GKE API, with the same tokens; no kubeconfig is read, so nobody's current context
 * decides which cluster is scaled.
 */
final class Kubernetes implements AutoCloseable {
    private static final String POOL_LABEL = "cloud.google.com/gke-nodepool";

    private final Gke gke;
    private final @Nullable URI fixed;
    private final TokenSource tokens;
    private final Bounded bounded;
    private final GcpSettings settings;
    private @Nullable KubernetesClient client;

    Kubernetes(Gke gke, @Nullable URI fixed, TokenSource tokens, Bounded bounded, GcpSettings settings) {
        this.gke = gke;
        this.fixed = fixed;
        this.tokens = tokens;
        this.bounded = bounded;
        this.settings = settings;
    }

    long readyNodes(Deadline deadline) {
        String pool = settings.pool().name();
        List<Node> nodes = call(
                Call.reading("nodes of pool " + pool, "container.nodes.list"),
                deadline,
                api -> api.nodes().withLabel(POOL_LABEL, pool).list().getItems());
        return nodes.stream().filter(Kubernetes::ready).count();
    }

    private static boolean ready(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(one -> "Ready".equals(one.getType()) && "True".equals(one.getStatus()));
    }

    Deployment deployment(Deadline deadline) {
        return there(
                deployment(),
                call(
                        Call.reading(deployment(), "container.deployments.get"),
                        deadline,
                        api -> api.apps()
                                .deployments()
                                .inNamespace(namespace())
                                .withName(settings.workload().deployment())
                                .get()));
    }

    /** Sets environment variables of the container, where they differ. */
    void configure(Map<String, String> wanted, Deadline deadline) {
        String container = settings.workload().container();
        call(
                Call.changing(deployment(), "container.deployments.update"),
                deadline,
                api -> api.apps()
                        .deployments()
                        .inNamespace(namespace())
                        .withName(settings.workload().deployment())
                        .edit(found -> configured(found, container, wanted)));
    }

    private static Deployment configured(Deployment found, String container, Map<String, String> wanted) {
        Deployment changed = new DeploymentBuilder(found).build();
        changed.getSpec().getTemplate().getSpec().getContainers().stream()
                .filter(one -> one.getName().equals(container))
                .forEach(one -> wanted.forEach((name, value) -> {
                    one.getEnv().removeIf(variable -> variable.getName().equals(name));
                    one.getEnv().add(new EnvVar(name, value, null));
                }));
        return changed;
    }

    Scale scale(Deadline deadline) {
        return there(
                deployment(),
                call(
                        Call.reading("scale of " + deployment(), "container.deployments.getScale"),
                        deadline,
                        api -> api.apps()
                                .deployments()
                                .inNamespace(namespace())
                                .withName(settings.workload().deployment())
                                .scale()));
    }

    /** Writes the scale as it was read, with another number: 409 when somebody changed it in between. */
    void rescale(Scale read, int replicas, Deadline deadline) {
        read.getSpec().setReplicas(replicas);
        call(
                Call.changing("scale of " + deployment(), "container.deployments.updateScale"),
                deadline,
                api -> api.apps()
                        .deployments()
                        .inNamespace(namespace())
                        .withName(settings.workload().deployment())
                        .scale(read));
    }

    /** The autoscaler of the Deployment's pods, when it has one. */
    Optional<HorizontalPodAutoscaler> autoscaler(Deadline deadline) {
        List<HorizontalPodAutoscaler> all = call(
                Call.reading("pod autoscalers in " + namespace(), "container.horizontalPodAutoscalers.list"),
                deadline,
                api -> api.autoscaling()
                        .v2()
                        .horizontalPodAutoscalers()
                        .inNamespace(namespace())
                        .list()
                        .getItems());
        return all.stream()
                .filter(one -> "Deployment"
                                .equals(one.getSpec().getScaleTargetRef().getKind())
                        && settings.workload()
                                .deployment()
                                .equals(one.getSpec().getScaleTargetRef().getName()))
                .findFirst();
    }

    void atLeast(HorizontalPodAutoscaler autoscaler, int replicas, Deadline deadline) {
        String name = autoscaler.getMetadata().getName();
        call(
                Call.changing("pod autoscaler " + name, "container.horizontalPodAutoscalers.update"),
                deadline,
                api -> api.autoscaling()
                        .v2()
                        .horizontalPodAutoscalers()
                        .inNamespace(namespace())
                        .withName(name)
                        .edit(found -> new HorizontalPodAutoscalerBuilder(found)
                                .editSpec()
                                .withMinReplicas(replicas)
                                .endSpec()
                                .build()));
    }

    List<Pod> pods(Map<String, String> labels, Deadline deadline) {
        return call(
                Call.reading("pods of " + deployment(), "container.pods.list"),
                deadline,
                api -> api.pods()
                        .inNamespace(namespace())
                        .withLabels(labels)
                        .list()
                        .getItems());
    }

    Service service(Deadline deadline) {
        String what = "Service " + settings.workload().service() + " in " + namespace();
        return there(
                what,
                call(
                        Call.reading(what, "container.services.get"),
                        deadline,
                        api -> api.services()
                                .inNamespace(namespace())
                                .withName(settings.workload().service())
                                .get()));
    }

    private String namespace() {
        return settings.workload().namespace();
    }

    private String deployment() {
        return "Deployment " + settings.workload().deployment() + " in " + namespace();
    }

    private static <T> T there(String what, @Nullable T found) {
        if (found == null) {
            throw new CloudException(Outcome.refused(
                    what + " does not exist: apply what 'ha gcp render' writes, or compare the names in the settings"));
        }
        return found;
    }

    private <T> T call(Call call, Deadline deadline, Function<KubernetesClient, T> asking) {
        KubernetesClient api = client(deadline);
        try {
            return bounded.call(call, deadline, () -> {
                // Here and not inside the client, which would make a failed request of it.
                tokens.token();
                return asking.apply(api);
            });
        } catch (CloudException e) {
            throw e;
        } catch (IOException e) {
            throw new CloudException(Failures.noToken(call, Objects.toString(e.getMessage(), "")), e);
        } catch (KubernetesClientException e) {
            throw refused(call, e);
        } catch (Exception e) {
            throw new CloudException(Failures.unanswered(call, Failures.cut(e.toString()), true), e);
        }
    }

    private CloudException refused(Call call, KubernetesClientException e) {
        String message = Objects.toString(e.getMessage(), "");
        if (e.getCode() == 0) {
            boolean sent = !causedBy(e, ConnectException.class);
            // The address may be another one by now.
            forget();
            return new CloudException(Failures.unanswered(call, Failures.cut(message), sent), e);
        }
        if (e.getCode() == 401) {
            tokens.refused();
        }
        String reason =
                e.getStatus() == null ? "" : Objects.toString(e.getStatus().getReason(), "");
        return new CloudException(Failures.of(call, e.getCode(), reason, message, 0), e);
    }

    private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private synchronized KubernetesClient client(Deadline deadline) {
        KubernetesClient known = client;
        if (known == null) {
            known = new KubernetesClientBuilder()
                    .withConfig(config(deadline))
                    .withHttpClientFactory(new JdkHttpClientFactory())
                    .build();
            client = known;
        }
        return known;
    }

    private Config config(Deadline deadline) {
        ConfigBuilder config = new ConfigBuilder(Config.empty())
                .withOauthTokenProvider(this::token)
                .withConnectionTimeout((int) settings.callLimit().toMillis())
                .withRequestTimeout((int) settings.callLimit().toMillis())
                // Retries are the caller's, who looks first.
                .withRequestRetryBackoffLimit(0);
        if (fixed != null) {
            return config.withMasterUrl(fixed.toString()).build();
        }
        Cluster cluster = gke.cluster(deadline);
        Optional<DNSEndpointConfig> byName = Optional.ofNullable(cluster.getControlPlaneEndpointsConfig())
                .map(endpoints -> endpoints.getDnsEndpointConfig())
                .filter(dns -> Boolean.TRUE.equals(dns.getAllowExternalTraffic()) && dns.getEndpoint() != null);
        if (byName.isPresent()) {
            // With a certificate of a public authority, and no list of networks that may reach it.
            return config.withMasterUrl("https://" + byName.get().getEndpoint()).build();
        }
        if (cluster.getEndpoint() == null || cluster.getMasterAuth() == null) {
            throw new CloudException(
                    Outcome.retry("cluster " + settings.place().cluster() + " shows no endpoint yet", Failures.SOON));
        }
        return config.withMasterUrl("https://" + cluster.getEndpoint())
                .withCaCertData(cluster.getMasterAuth().getClusterCaCertificate())
                .build();
    }

    private String token() {
        try {
            return tokens.token();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void forget() {
        close();
        client = null;
    }

    @Override
    public synchronized void close() {
        KubernetesClient known = client;
        if (known != null) {
            known.close();
        }
    }
}
