package io.prontuario.ha.gcp;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The Service has an address, and {@code /ready} answers 200 through it: a load balancer takes a while after its pods are ready. */
record AddressStage(Kubernetes kubernetes, Bounded bounded, int port) implements Stage {
    private static final Duration AGAIN = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "address";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        String address = address(kubernetes, deadline);
        URI ready = URI.create("http://" + address + ":" + port + "/ready");
        Call call = Call.reading(ready.toString(), "");
        HttpRequest request =
                HttpRequest.newBuilder(ready).timeout(deadline.left()).GET().build();
        int status;
        try {
            HttpClient client =
                    HttpClient.newBuilder().connectTimeout(deadline.left()).build();
            status = bounded.call(
                    call,
                    deadline,
                    () -> client.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode());
        } catch (CloudException e) {
            throw e;
        } catch (IOException e) {
            return Outcome.inProgress(ready + " does not answer yet (" + Failures.cut(e.toString()) + ")", AGAIN);
        } catch (Exception e) {
            throw new CloudException(Failures.unanswered(call, e.toString(), false), e);
        }
        return status == 200
                ? Outcome.alreadySo(ready + " answers 200")
                : Outcome.inProgress(ready + " answers " + status, AGAIN);
    }

    /**
     * The Service's address.
     *
     * @throws CloudException while it has none
     */
    static String address(Kubernetes kubernetes, Deadline deadline) {
        Service service = kubernetes.service(deadline);
        String name = "Service " + service.getMetadata().getName();
        if (!"LoadBalancer".equals(service.getSpec().getType())) {
            throw new CloudException(Outcome.refused(name + " is of type "
                    + service.getSpec().getType() + ", which has no address outside: make it a LoadBalancer"));
        }
        List<LoadBalancerIngress> all =
                service.getStatus() == null || service.getStatus().getLoadBalancer() == null
                        ? List.of()
                        : service.getStatus().getLoadBalancer().getIngress();
        Optional<String> address = all.stream()
                .map(LoadBalancerIngress::getIp)
                .filter(ip -> ip != null)
                .findFirst();
        return address.orElseThrow(() ->
                new CloudException(Outcome.inProgress(name + " has no address yet: a load balancer is made", AGAIN)));
    }
}
