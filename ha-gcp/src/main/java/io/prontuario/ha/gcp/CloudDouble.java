package io.prontuario.ha.gcp;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * GKE, Cloud DNS, Cloud SQL and a Kubernetes API server on loopback, as far as the strategy talks to them, behind the real clients: paths,
 * bodies, long operations, the compare-and-set of a DNS change, the scale subresource with its resource version, tokens. A name server
 * answers over UDP what the zone holds. Slow things take a number of looks, or with a {@link Pace} the time that they take there.
 *
 * <p>For tests and for the demonstration, without a network.
 */
public final class CloudDouble implements AutoCloseable {
    /** What the site's address is here. */
    public static final String SITE = "203.0.113.10";
    /** The load balancer's address is one on which the double itself listens, so that {@code /ready} is a real request. */
    public static final String CLOUD = "127.0.0.1";

    static {
        // Else the server sends head and body apart and waits 40 ms for the acknowledgement of the first, with each
        // answer.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /**
     * How long things take. Given as defaults where their source says so: a node of GKE 80 to 120 s, a pod whose image is there about 8 s, a
     * change of a name 5 s until the zone's servers have it, a call 150 ms.
     *
     * @param node until a node is ready
     * @param pod until a pod is available
     * @param name until a changed name is at the zone's servers
     * @param call each call of the API
     */
    public record Pace(Duration node, Duration pod, Duration name, Duration call) {
        /** As in the cloud. */
        public static final Pace REAL =
                new Pace(Duration.ofSeconds(100), Duration.ofSeconds(8), Duration.ofSeconds(5), Duration.ofMillis(150));

        /** Everything so many times as fast. */
        public Pace faster(int times) {
            return new Pace(node.dividedBy(times), pod.dividedBy(times), name.dividedBy(times), call.dividedBy(times));
        }
    }

    private record Fault(String part, int status, String reason, String message, String after) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final UdpNameServer names;
    private final List<Fault> faults = new ArrayList<>();
    private final List<String> hanging = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<String> changes = new ArrayList<>();
    private final Map<String, Integer> looksLeft = new LinkedHashMap<>();
    private final Map<String, Long> endsAt = new LinkedHashMap<>();
    private final @Nullable Pace pace;
    private final Map<String, JsonObject> operations = new LinkedHashMap<>();
    private final Map<String, JsonObject> records = new LinkedHashMap<>();
    private final Map<String, JsonObject> published = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private int requests;

    /** What can be set, under this object's lock. */
    String token = "";

    String clusterStatus = "RUNNING";
    int nodes = 1;
    int wantedNodes = 1;
    int leastNodes = 1;
    int operationLooks = 2;
    String operationError = "";
    int replicas = 1;
    int available = 1;
    int updated = 1;
    int availableLooks = 2;
    int minReplicas = 1;
    int version = 1;
    boolean autoscaler = true;
    String podTrouble = "";
    boolean servesReady = true;
    boolean hasAddress = true;
    String zoneOf = "hospital.example.";
    int dnsLooks = 1;
    boolean zoneServersAreStale;
    String instanceType = "READ_REPLICA_INSTANCE";

    String tokenRefusal = "";

    /** Slow things take looks. */
    public CloudDouble() {
        this(null);
    }

    /** Slow things take time. */
    public static CloudDouble at(Pace pace) {
        return new CloudDouble(pace);
    }

    private CloudDouble(@Nullable Pace pace) {
        this.pace = pace;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
            names = new UdpNameServer(this::publishedAddresses);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        environment.put("MODE", "EMERGENCY");
        environment.put("FUNCTIONALITY_LEVEL", "25");
        if (pace != null) {
            // As the rendered manifests have it: what is configured already need not be rolled out.
            environment.put("DATA_ACCESS", "READ_ONLY");
        }
        record("ehr.hospital.example.", SITE);
        record("ehr-rehearsal.hospital.example.", SITE);
    }

    /** Where its API and the load balancer answer. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** {@code host:port} of the name server. */
    public String nameServer() {
        return "127.0.0.1:" + names.port();
    }

    /** Where the services answer. */
    public GcpEndpoints endpoints() {
        URI root = URI.create("http://127.0.0.1:" + port() + "/");
        return new GcpEndpoints(root, root, root, root, List.of(nameServer()), null);
    }

    /** A service account's key as Google hands it out, whose tokens this double gives; with a key pair that is nobody's. */
    public String serviceAccountKey() {
        try {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("RSA");
            pairs.initialize(2048);
            String key = Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(pairs.generateKeyPair().getPrivate().getEncoded());
            JsonObject account = new JsonObject();
            account.addProperty("type", "service_account");
            account.addProperty("project_id", "my-hospital");
            account.addProperty("private_key_id", "double");
            account.addProperty("private_key", "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
            account.addProperty("client_email", "emergency@my-hospital.iam.gserviceaccount.com");
            account.addProperty("client_id", "1");
            account.addProperty("token_uri", "http://127.0.0.1:" + port() + "/token");
            return account.toString();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK makes no RSA keys", e);
        }
    }

    /** What clients find who ask the zone's servers for a name. */
    public List<String> resolve(String name) {
        return publishedAddresses(name);
    }

    /** Asleep without a node and without a pod. */
    public synchronized void withoutNodes() {
        nodes = 0;
        wantedNodes = 0;
        replicas = 0;
        available = 0;
        updated = 0;
        leastNodes = 0;
    }

    synchronized void set(Consumer<CloudDouble> change) {
        change.accept(this);
    }

    /** The next request whose method and path contain {@code part} fails, before anything is done. */
    synchronized void failNext(String part, int status, String reason, String message) {
        faults.add(new Fault(part, status, reason, message, "before"));
    }

    /** The next such request is carried out, and its answer is a failure. */
    synchronized void loseAnswerOfNext(String part) {
        faults.add(new Fault(part, 503, "backendError", "the answer was lost", "after"));
    }

    /** Such requests are never answered. */
    synchronized void hang(String part) {
        hanging.add(part);
    }

    synchronized void record(String name, String... addresses) {
        JsonObject set = new JsonObject();
        set.addProperty("name", name);
        set.addProperty("type", "A");
        set.addProperty("ttl", 60);
        JsonArray data = new JsonArray();
        Arrays.stream(addresses).forEach(data::add);
        set.add("rrdatas", data);
        records.put(name, set);
        published.put(name, set);
    }

    synchronized void routingPolicy(String name) {
        Objects.requireNonNull(records.get(name)).add("routingPolicy", new JsonObject());
    }

    /** Every change that was carried out, in order, as method and path. */
    synchronized List<String> changes() {
        return List.copyOf(changes);
    }

    synchronized int requests() {
        return requests;
    }

    /** What the zone holds for a name. */
    public synchronized List<String> addresses(String name) {
        return texts(Objects.requireNonNull(records.get(name), name).getAsJsonArray("rrdatas"));
    }

    synchronized Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** What matters at the end, whatever way led there. */
    public synchronized String endState() {
        return nodes + " nodes, " + replicas + " replicas, " + available + " available, at least " + minReplicas + ", "
                + records.keySet().stream().map(name -> name + addresses(name)).toList() + ", "
                + new TreeSet<>(
                        environment.entrySet().stream().map(Object::toString).toList());
    }

    private synchronized List<String> publishedAddresses(String name) {
        JsonObject set = published.get(name);
        return set == null ? List.of() : texts(set.getAsJsonArray("rrdatas"));
    }

    private static List<String> texts(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsString).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        try (exchange) {
            InputStream in = exchange.getRequestBody();
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            String body = new String((zipped ? new GZIPInputStream(in) : in).readAllBytes(), StandardCharsets.UTF_8);
            if (hangs(what)) {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return;
            }
            if (pace != null && !what.endsWith("/ready")) {
                LockSupport.parkNanos(pace.call().toNanos());
            }
            Answer answer = answer(exchange, what, body);
            byte[] bytes = answer.body().toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            if (answer.status() == 429) {
                exchange.getResponseHeaders().set("Retry-After", "7");
            }
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized boolean hangs(String what) {
        return hanging.stream().anyMatch(what::contains);
    }

    private record Answer(int status, JsonObject body) {}

    private synchronized Answer answer(HttpExchange exchange, String what, String body) {
        requests++;
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/ready")) {
            return new Answer(servesReady && available > 0 ? 200 : 503, new JsonObject());
        }
        if (path.equals("/token")) {
            return giveToken();
        }
        String shown = exchange.getRequestHeaders().getFirst("Authorization");
        if (!token.isEmpty() && !("Bearer " + token).equals(shown)) {
            return failure(401, "authError", "Invalid Credentials");
        }
        Fault fault = faults.stream()
                .filter(one -> what.contains(one.part()))
                .findFirst()
                .orElse(null);
        if (fault != null) {
            faults.remove(fault);
            if (fault.after().equals("before")) {
                return failure(fault.status(), fault.reason(), fault.message());
            }
        }
        Answer answer = route(
                exchange.getRequestMethod(), path, exchange.getRequestURI().getRawQuery(), body);
        if (!exchange.getRequestMethod().equals("GET") && answer.status() < 300) {
            changes.add(exchange.getRequestMethod() + " " + path.replaceAll("^.*/", ""));
        }
        return fault == null ? answer : failure(fault.status(), fault.reason(), fault.message());
    }

    private Answer giveToken() {
        if (!tokenRefusal.isEmpty()) {
            JsonObject refused = new JsonObject();
            refused.addProperty("error", "invalid_grant");
            refused.addProperty("error_description", tokenRefusal);
            return new Answer(400, refused);
        }
        return ok("{\"access_token\":\"" + (token.isEmpty() ? "given" : token)
                + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}");
    }

    /** Google's form of an error, which Kubernetes' clients read the message of as well. */
    private static Answer failure(int status, String reason, String message) {
        JsonObject body = json("""
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","error":{"errors":[{}]}}""");
        body.addProperty("code", status);
        body.addProperty("reason", reason);
        body.addProperty("message", message);
        JsonObject error = body.getAsJsonObject("error");
        error.addProperty("code", status);
        error.addProperty("message", message);
        error.getAsJsonArray("errors").get(0).getAsJsonObject().addProperty("reason", reason);
        return new Answer(status, body);
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    private static Answer ok(String text) {
        return new Answer(200, json(text));
    }

    private Answer route(String method, String path, String query, String body) {
        String gke = "/v1/projects/my-hospital/locations/southamerica-east1-a/";
        String pool = gke + "clusters/medical-emergency-cluster/nodePools/default-pool";
        String zone = "/dns/v1/projects/my-hospital/managedZones/hospital";
        String sql = "/v1/projects/my-hospital/";
        String apps = "/apis/apps/v1/namespaces/default/deployments/medical-emergency-api";
        String pods = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
        if (path.equals(gke + "clusters/medical-emergency-cluster")) {
            return ok("{\"name\":\"medical-emergency-cluster\",\"status\":\"" + clusterStatus + "\"}");
        } else if (path.equals(pool)) {
            return ok("{\"name\":\"default-pool\",\"autoscaling\":{\"enabled\":true,\"minNodeCount\":" + leastNodes
                    + ",\"maxNodeCount\":5}}");
        } else if (path.equals(pool + ":setSize")) {
            return resize(json(body).get("nodeCount").getAsInt());
        } else if (path.equals(gke + "operations")) {
            JsonObject all = new JsonObject();
            JsonArray list = new JsonArray();
            operations.values().forEach(list::add);
            all.add("operations", list);
            return new Answer(200, all);
        } else if (path.startsWith(gke + "operations/")) {
            return operation(path.substring((gke + "operations/").length()));
        } else if (path.equals(zone)) {
            return ok("{\"name\":\"hospital\",\"dnsName\":\"" + zoneOf + "\",\"visibility\":\"public\"}");
        } else if (path.equals(zone + "/rrsets")) {
            return rrsets(query);
        } else if (path.equals(zone + "/changes")) {
            return method.equals("POST") ? change(json(body)) : lastChange();
        } else if (path.equals(sql + "instances/emr-replica/promoteReplica")) {
            return promote();
        } else if (path.equals(sql + "instances/emr-replica")) {
            return ok("{\"name\":\"emr-replica\",\"state\":\"RUNNABLE\",\"instanceType\":\"" + instanceType + "\"}");
        } else if (path.startsWith(sql + "operations/")) {
            return operation(path.substring((sql + "operations/").length()));
        } else if (path.equals("/api/v1/nodes")) {
            return nodeList();
        } else if (path.equals(apps)) {
            return method.equals("GET") ? deployment() : configure(body);
        } else if (path.equals(apps + "/scale")) {
            return method.equals("GET") ? scale() : rescale(json(body));
        } else if (path.equals(pods)) {
            JsonObject list = json("{\"kind\":\"HorizontalPodAutoscalerList\",\"apiVersion\":\"autoscaling/v2\","
                    + "\"metadata\":{},\"items\":[]}");
            if (autoscaler) {
                list.getAsJsonArray("items").add(autoscaler());
            }
            return new Answer(200, list);
        } else if (path.equals(pods + "/medical-emergency-api")) {
            return method.equals("GET") ? new Answer(200, autoscaler()) : atLeast(body);
        } else if (path.equals("/api/v1/namespaces/default/pods")) {
            return podList();
        } else if (path.equals("/api/v1/namespaces/default/services/medical-emergency-service")) {
            return ok(
                    "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"medical-emergency-service\"},"
                            + "\"spec\":{\"type\":\"LoadBalancer\"},\"status\":{\"loadBalancer\":{\"ingress\":["
                            + (hasAddress ? "{\"ip\":\"" + CLOUD + "\"}" : "") + "]}}}");
        }
        return failure(404, "notFound", "the double has no " + method + " " + path);
    }

    private Answer resize(int count) {
        if (operations.values().stream()
                .anyMatch(one -> !one.get("status").getAsString().equals("DONE"))) {
            return failure(400, "failedPrecondition", "Cluster is running incompatible operation");
        }
        wantedNodes = count;
        JsonObject operation = json("{\"operationType\":\"SET_NODE_POOL_SIZE\",\"status\":\"RUNNING\"}");
        String name = "operation-" + (operations.size() + 1);
        operation.addProperty("name", name);
        operation.addProperty(
                "targetLink",
                "https://container.googleapis.com/v1/projects/1/zones/z/clusters/medical-emergency-cluster/nodePools/default-pool");
        operations.put(name, operation);
        begin(name, operationLooks, pace == null ? null : count > nodes ? pace.node() : pace.pod());
        return new Answer(200, operation.deepCopy());
    }

    /** Something slow begins. */
    private void begin(String what, int looks, @Nullable Duration time) {
        if (time == null) {
            looksLeft.put(what, looks);
        } else {
            endsAt.put(what, System.nanoTime() + time.toNanos());
        }
    }

    /** Whether it has ended by this look. */
    private boolean over(String what) {
        Long at = endsAt.get(what);
        return at != null ? System.nanoTime() - at >= 0 : looksLeft.merge(what, -1, Integer::sum) <= 0;
    }

    private Answer promote() {
        if (!instanceType.equals("READ_REPLICA_INSTANCE")) {
            return failure(400, "invalid", "The instance is not a read replica");
        }
        JsonObject operation =
                json("{\"operationType\":\"PROMOTE_REPLICA\",\"status\":\"PENDING\",\"name\":\"promotion\"}");
        operations.put("promotion", operation);
        begin("promotion", operationLooks, pace == null ? null : pace.node());
        return new Answer(200, operation.deepCopy());
    }

    /** Time passes with each look at anything of the cluster. */
    private void pass() {
        for (JsonObject operation : operations.values()) {
            String name = operation.get("name").getAsString();
            if (!operation.get("status").getAsString().equals("DONE") && over(name)) {
                end(operation);
            }
        }
    }

    private void end(JsonObject operation) {
        operation.addProperty("status", "DONE");
        if (!operationError.isEmpty()) {
            JsonObject error = new JsonObject();
            error.addProperty("code", 8);
            error.addProperty("message", operationError);
            operation.add("error", error);
        } else if (operation.get("name").getAsString().equals("promotion")) {
            instanceType = "CLOUD_SQL_INSTANCE";
        } else {
            if (nodes == 0 && wantedNodes > 0) {
                begin("pods", availableLooks, pace == null ? null : pace.pod());
            }
            nodes = wantedNodes;
        }
    }

    private Answer operation(String name) {
        JsonObject found = operations.get(name);
        if (found == null) {
            return failure(404, "notFound", "Not found: " + name);
        }
        pass();
        return new Answer(200, found.deepCopy());
    }

    private Answer nodeList() {
        pass();
        JsonObject list = json("{\"kind\":\"NodeList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
        for (int number = 0; number < nodes; number++) {
            list.getAsJsonArray("items")
                    .add(json("{\"kind\":\"Node\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"n" + number
                            + "\"},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}"));
        }
        return new Answer(200, list);
    }

    private JsonObject deploymentNow() {
        JsonObject found = json("{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":{\"name\":"
                + "\"medical-emergency-api\",\"namespace\":\"default\",\"generation\":" + version
                + ",\"resourceVersion\":\"" + version + "\"},\"spec\":{\"replicas\":" + replicas
                + ",\"selector\":{\"matchLabels\":{\"app\":\"medical-emergency\"}},\"template\":{\"metadata\":{},\"spec\":"
                + "{\"containers\":[{\"name\":\"emergency-api\",\"image\":\"i\",\"env\":[]}]}}},\"status\":{"
                + "\"observedGeneration\":" + version + ",\"replicas\":" + replicas + ",\"updatedReplicas\":" + updated
                + ",\"availableReplicas\":" + available + "}}");
        JsonArray variables = found.getAsJsonObject("spec")
                .getAsJsonObject("template")
                .getAsJsonObject("spec")
                .getAsJsonArray("containers")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("env");
        environment.forEach((name, value) -> {
            JsonObject one = new JsonObject();
            one.addProperty("name", name);
            one.addProperty("value", value);
            variables.add(one);
        });
        return found;
    }

    private Answer deployment() {
        if ((available != replicas || updated != replicas) && podTrouble.isEmpty() && nodes > 0 && over("pods")) {
            available = replicas;
            updated = replicas;
        }
        return new Answer(200, deploymentNow());
    }

    /** A JSON patch (RFC 6902) as the client sends it; only what it adds or replaces among the variables is read. */
    private Answer configure(String body) {
        for (JsonElement each : JsonParser.parseString(body).getAsJsonArray()) {
            JsonObject one = each.getAsJsonObject();
            String path = one.get("path").getAsString();
            if (path.contains("/env") && one.has("value")) {
                JsonElement value = one.get("value");
                List<JsonElement> all =
                        value.isJsonArray() ? value.getAsJsonArray().asList() : List.of(value);
                for (JsonElement variable : all) {
                    JsonObject pair = variable.getAsJsonObject();
                    environment.put(
                            pair.get("name").getAsString(), pair.get("value").getAsString());
                }
            }
        }
        version++;
        // Old pods serve until new ones are ready.
        updated = 0;
        begin("pods", 1, pace == null ? null : pace.pod());
        return new Answer(200, deploymentNow());
    }

    private Answer scale() {
        return ok(
                "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"medical-emergency-api\","
                        + "\"namespace\":\"default\",\"resourceVersion\":\"" + version + "\"},\"spec\":{\"replicas\":"
                        + replicas
                        + "},\"status\":{\"replicas\":" + replicas + "}}");
    }

    private Answer rescale(JsonObject wanted) {
        String read = wanted.getAsJsonObject("metadata").get("resourceVersion").getAsString();
        if (!read.equals(Integer.toString(version))) {
            return failure(409, "Conflict", "the object has been modified");
        }
        replicas = wanted.getAsJsonObject("spec").get("replicas").getAsInt();
        available = Math.min(available, replicas);
        updated = Math.min(updated, replicas);
        begin("pods", availableLooks, pace == null ? null : pace.pod());
        version++;
        return scale();
    }

    private JsonObject autoscaler() {
        return json("{\"kind\":\"HorizontalPodAutoscaler\",\"apiVersion\":\"autoscaling/v2\",\"metadata\":{\"name\":"
                + "\"medical-emergency-api\",\"namespace\":\"default\",\"resourceVersion\":\"" + version
                + "\"},\"spec\":{\"scaleTargetRef\":{\"kind\":\"Deployment\",\"name\":\"medical-emergency-api\","
                + "\"apiVersion\":\"apps/v1\"},\"minReplicas\":" + minReplicas + ",\"maxReplicas\":4}}");
    }

    private Answer atLeast(String body) {
        for (JsonElement each : JsonParser.parseString(body).getAsJsonArray()) {
            if (each.getAsJsonObject().get("path").getAsString().equals("/spec/minReplicas")) {
                minReplicas = each.getAsJsonObject().get("value").getAsInt();
            }
        }
        return new Answer(200, autoscaler());
    }

    private Answer podList() {
        JsonObject list = json("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
        if (!podTrouble.isEmpty()) {
            list.getAsJsonArray("items")
                    .add(json("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\"},\"status\":{"
                            + "\"containerStatuses\":[{\"name\":\"emergency-api\",\"state\":{\"waiting\":{\"reason\":\""
                            + podTrouble + "\",\"message\":\"it said so\"}}}]}}"));
        }
        return new Answer(200, list);
    }

    private Answer rrsets(String query) {
        JsonObject all = json("{\"rrsets\":[]}");
        for (String part : query.split("&")) {
            if (part.startsWith("name=")) {
                JsonObject set = records.get(URLDecoder.decode(part.substring(5), StandardCharsets.UTF_8));
                if (set != null) {
                    all.getAsJsonArray("rrsets").add(set.deepCopy());
                }
            }
        }
        return new Answer(200, all);
    }

    /** All or nothing: what is to be deleted must be there exactly so (Cloud DNS documentation, "Add, update, and delete records"). */
    private Answer change(JsonObject change) {
        JsonArray deletions = change.has("deletions") ? change.getAsJsonArray("deletions") : new JsonArray();
        for (JsonElement each : deletions) {
            JsonObject gone = each.getAsJsonObject();
            if (!gone.equals(records.get(gone.get("name").getAsString()))) {
                return failure(412, "conditionNotMet", "Precondition not met for 'entity.change.deletions[0]'");
            }
        }
        for (JsonElement each : change.getAsJsonArray("additions")) {
            JsonObject fresh = each.getAsJsonObject();
            String name = fresh.get("name").getAsString();
            if (records.containsKey(name) && deletions.isEmpty()) {
                return failure(409, "alreadyExists", "The resource already exists");
            }
            records.put(name, fresh);
        }
        begin("dns", dnsLooks + 1, pace == null ? null : pace.name());
        return ok("{\"id\":\"1\",\"status\":\"pending\"}");
    }

    private Answer lastChange() {
        boolean pending = !over("dns");
        if (!pending && !zoneServersAreStale) {
            published.putAll(records);
        }
        return ok("{\"changes\":[{\"id\":\"1\",\"status\":\"" + (pending ? "pending" : "done") + "\"}]}");
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        names.close();
        threads.shutdownNow();
    }
}
