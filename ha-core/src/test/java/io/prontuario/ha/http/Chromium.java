package io.prontuario.ha.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One window of a real Chromium without a screen, steered by its own protocol (Chrome DevTools Protocol, version 1.3) over the JDK's
 * WebSocket. Selenium would need a second program and some twenty libraries for the dozen calls that are made here, and cannot change
 * between light and dark.
 */
public final class Chromium implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<String> PROGRAMS = List.of(
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicLong number = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonObject>> asked = new ConcurrentHashMap<>();

    private Chromium(Process process, String address) {
        this.process = process;
        this.socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(address), new Answers())
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /**
     * Starts one with a profile of its own.
     *
     * @param folder where the profile lies
     */
    public static Chromium start(Path folder) throws IOException {
        String program = PROGRAMS.stream()
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "there is no Chromium at any of " + PROGRAMS + ": ./run-tests installs it"));
        List<String> words = new ArrayList<>(List.of(
                program,
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder,
                "--no-first-run",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--force-color-profile=srgb"));
        if (System.getProperty("user.name").equals("root")) {
            // Its sandbox refuses root; it is shown nothing here but this library's own page.
            words.add("--no-sandbox");
        }
        words.add("about:blank");
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("chromium.log").toFile());
        builder.environment().put("TMPDIR", folder.toString());
        Process process = builder.start();
        try {
            Path port = folder.resolve("DevToolsActivePort");
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> Files.exists(port) && Files.readAllLines(port).size() > 1);
            return new Chromium(process, window(Files.readAllLines(port).get(0)));
        } catch (RuntimeException e) {
            end(process);
            throw e;
        }
    }

    private static String window(String port) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                .timeout(LIMIT)
                .build();
        return Awaitility.await()
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(
                        () -> {
                            String body = HttpClient.newHttpClient()
                                    .send(request, HttpResponse.BodyHandlers.ofString())
                                    .body();
                            for (JsonElement one : JsonParser.parseString(body).getAsJsonArray()) {
                                if (one.getAsJsonObject()
                                        .get("type")
                                        .getAsString()
                                        .equals("page")) {
                                    return one.getAsJsonObject()
                                            .get("webSocketDebuggerUrl")
                                            .getAsString();
                                }
                            }
                            return "";
                        },
                        address -> !address.isEmpty());
    }

    /** What arrives, put together from its parts. */
    private final class Answers implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonObject message = JsonParser.parseString(text.toString()).getAsJsonObject();
                text.setLength(0);
                if (message.has("id")) {
                    CompletableFuture<JsonObject> waiting =
                            asked.remove(message.get("id").getAsLong());
                    if (waiting != null) {
                        waiting.complete(message);
                    }
                }
            }
            from.request(1);
            return null;
        }
    }

    private JsonObject call(String method, JsonObject parameters) {
        long id = number.incrementAndGet();
        JsonObject message = new JsonObject();
        message.addProperty("id", id);
        message.addProperty("method", method);
        message.add("params", parameters);
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        asked.put(id, answer);
        socket.sendText(message.toString(), true).join();
        JsonObject said = answer.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        if (said.has("error")) {
            throw new IllegalStateException(method + ": " + said.get("error"));
        }
        return said.getAsJsonObject("result");
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    /** Of what kind of window it is: how large, dark or light, and which language its user reads. */
    public void looks(int width, int height, boolean dark, String language) {
        call(
                "Emulation.setDeviceMetricsOverride",
                json("{width:" + width + ",height:" + height + ",deviceScaleFactor:1,mobile:false}"));
        call(
                "Emulation.setEmulatedMedia",
                json("{features:[{name:'prefers-color-scheme',value:'" + (dark ? "dark" : "light") + "'}]}"));
        call("Emulation.setUserAgentOverride", json("{userAgent:'test',acceptLanguage:'" + language + "'}"));
    }

    /** Run in each page before its own scripts. */
    public void before(String script) {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("source", script);
        call("Page.addScriptToEvaluateOnNewDocument", parameters);
    }

    /** Opens an address, and does not wait for what it shows. */
    public void open(String address) {
        call("Page.enable", new JsonObject());
        JsonObject parameters = new JsonObject();
        parameters.addProperty("url", address);
        call("Page.navigate", parameters);
    }

    /** The value of an expression in the page. */
    public JsonElement ask(String expression) {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("expression", expression);
        parameters.addProperty("returnByValue", true);
        parameters.addProperty("awaitPromise", true);
        JsonObject answer = call("Runtime.evaluate", parameters);
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        JsonElement value = answer.getAsJsonObject("result").get("value");
        return value == null ? com.google.gson.JsonNull.INSTANCE : value;
    }

    /** What stands at the first element that a selector finds; empty when it finds none. */
    public String text(String selector) {
        return ask("(document.querySelector(" + quoted(selector) + ") || {innerText: ''}).innerText")
                .getAsString();
    }

    /** Waits until an expression is true. */
    public void await(String expression) {
        try {
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    // Such as of an element that is not there, while the page is on its way.
                    .ignoreExceptionsInstanceOf(IllegalStateException.class)
                    .until(() -> ask("!!(" + expression + ")").getAsBoolean());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(expression + " did not come about on this page:\n" + text("body"), e);
        }
    }

    /** A click of the mouse in the middle of it. */
    public void click(String selector) {
        JsonArray place = ask("(() => { const one = document.querySelector(" + quoted(selector) + ");"
                        + " one.scrollIntoView({block: 'center'}); const box = one.getBoundingClientRect();"
                        + " return [box.x + box.width / 2, box.y + box.height / 2]; })()")
                .getAsJsonArray();
        for (String type : List.of("mousePressed", "mouseReleased")) {
            JsonObject mouse = json("{button:'left',clickCount:1}");
            mouse.addProperty("type", type);
            mouse.add("x", place.get(0));
            mouse.add("y", place.get(1));
            call("Input.dispatchMouseEvent", mouse);
        }
    }

    /** Typed into what has the focus. */
    public void type(String text) {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("text", text);
        call("Input.insertText", parameters);
    }

    /** A key such as {@code Tab} or {@code Enter}. */
    public void press(String key) {
        int code = switch (key) {
            case "Tab" -> 9;
            case "Enter" -> 13;
            case "Escape" -> 27;
            default -> throw new IllegalArgumentException(key);
        };
        String text = key.equals("Enter") ? ",text:'\\r'" : "";
        for (String type : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    json("{type:'" + type + "',key:'" + key + "',code:'" + key + "',windowsVirtualKeyCode:" + code
                            + (type.equals("keyDown") ? text : "") + "}"));
        }
    }

    /** The whole page as a PNG. */
    public void photograph(Path file) {
        JsonObject picture = call("Page.captureScreenshot", json("{format:'png',captureBeyondViewport:true}"));
        try {
            Files.write(file, Base64.getDecoder().decode(picture.get("data").getAsString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String quoted(String text) {
        return new com.google.gson.JsonPrimitive(text).toString();
    }

    private static void end(Process process) {
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        socket.abort();
        end(process);
    }
}
