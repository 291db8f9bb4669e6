package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.STUDIO_2;
import static io.prontuario.ha.testing.Records.WITNESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.AuditTrail;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.OperatorAccess;
import io.prontuario.ha.http.Chromium;
import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console in a real browser, on three real nodes whose store and servers are doubles: what somebody on duty sees and may do.
 *
 * <p>{@code -Dconsole.pictures=FOLDER} also writes the pictures of docs/console.md.
 */
class ConsoleIT {
    private static final String CLUSTER = "medical-records";
    private static final String TOKEN = "0123456789abcdef01234567";
    private static final String MARKUP = "<img src=x onerror=\"window.owned=1\"><b>bold</b>";

    /** What the browser itself finds wrong with the page, and when each row of the time line came. */
    private static final String WATCH = """
            window.wrong = [];
            window.late = [];
            addEventListener('securitypolicyviolation', e => window.wrong.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));
            addEventListener('error', e => window.wrong.push('error: ' + e.message));
            addEventListener('unhandledrejection', e => window.wrong.push('rejection: ' + e.reason));
            addEventListener('DOMContentLoaded', () => new MutationObserver(all => all.forEach(one => one.addedNodes.forEach(row =>
                window.late.push(Date.now() - Date.parse(row.querySelector('time').dateTime)))))
                .observe(document.getElementById('live'), {childList: true}));
            """;

    /** WCAG 2.1, 1.4.3 Contrast (Minimum): the texts with less than 4.5 to 1 against what they stand on. */
    private static final String PALE = """
            (() => {
              const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
              const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
              const colour = text => text.match(/[0-9.]+/g).map(Number);
              const paper = one => {
                for (; one; one = one.parentElement) {
                  const c = colour(getComputedStyle(one).backgroundColor);
                  if (c.length === 3 || c[3] > 0.99) return c;
                }
                return [255, 255, 255];
              };
              return [...document.querySelectorAll('body *')]
                .filter(one => one.checkVisibility() && !one.closest(':disabled, option')
                    && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                .map(one => {
                  const a = light(colour(getComputedStyle(one).color)), b = light(paper(one));
                  return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.textContent.trim().slice(0, 40)];
                })
                .filter(pair => pair[0] < 4.5).map(pair => pair.join(' '));
            })()""";

    /** What can be operated and has no name for those who do not see it. */
    private static final String NAMELESS = """
            [...document.querySelectorAll('button, input, select, summary, dialog')].filter(one => one.checkVisibility() &&
                !(one.textContent.trim() && !['INPUT', 'SELECT', 'DIALOG'].includes(one.tagName)) && !one.getAttribute('aria-label')
                && !one.getAttribute('aria-labelledby') && !(one.labels && one.labels.length)).map(one => one.outerHTML)""";

    /** The milliseconds that this page takes for a question of its own and its answer, the median of 21. */
    private static final String PACE = """
            (async () => {
              const took = [];
              for (let i = 0; i < 21; i++) {
                const from = performance.now();
                await (await fetch('status', {cache: 'no-store'})).text();
                took.push(performance.now() - from);
              }
              return took.sort((a, b) => a - b)[10];
            })()""";

    /** What docs/console.md promises. */
    private static final double SEEN_WITHIN_MILLIS = 500;

    @TempDir
    private Path folder;

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore hand = ensemble.store();
    private final AtomicReference<String> cache = new AtomicReference<>("");
    private final FakeServer first =
            FakeServer.primary(COPY_1, ServerNames.waitingFor(List.of(COPY_2)).setting(), COPY_2);
    private final FakeServer second = FakeServer.standby(COPY_2);
    private HaNode primary;
    private HaNode standby;
    private HaNode witness;
    private Chromium browser;

    @BeforeEach
    void start() throws IOException {
        hand.start(CLUSTER, new NodeName("hand"), () -> {});
        hand.create(Records.state(4), Duration.ofSeconds(5));
        second.hears(1000, Duration.ZERO);
        primary = node(STUDIO_1, NodeRole.DATA, null, first);
        standby = node(STUDIO_2, NodeRole.DATA, null, second);
        witness = node(WITNESS, NodeRole.WITNESS, TOKEN);
        browser = Chromium.start(Files.createDirectory(folder.resolve("chromium")));
        browser.before(WATCH);
    }

    @AfterEach
    void close() {
        Stream.of(browser, primary, standby, witness, hand).forEach(one -> {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private HaNode node(NodeName name, NodeRole role, @Nullable String token, FailoverStrategy... strategies) {
        HaNode.Builder builder = HaNode.builder()
                .cluster(CLUSTER)
                .node(name.value())
                .role(role)
                .store(ensemble.store())
                .stateFolder(folder.resolve(name.value()));
        List.of(strategies).forEach(builder::strategy);
        if (token != null) {
            builder.check(new Cache())
                    .operators(OperatorAccess.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                            .withToken(token));
        }
        return builder.start();
    }

    /** Well until it has something to complain of. */
    private final class Cache implements HealthCheck {
        @Override
        public String name() {
            return "redis";
        }

        @Override
        public Capability capability() {
            return Capability.of("cache");
        }

        @Override
        public Duration every() {
            return Duration.ofMillis(50);
        }

        @Override
        public CheckResult check() {
            String complaint = cache.get();
            return complaint.isEmpty() ? CheckResult.ok("PONG") : CheckResult.failed(complaint);
        }
    }

    @Test
    void whoIsOnDutySeesATakeoverAsItHappensAndActsWithTheToken() throws Exception {
        browser.looks(1280, 900, false, "en-GB,en");
        browser.open("http://127.0.0.1:" + witness.operatorPort().orElseThrow() + "/");
        browser.await("document.getElementById('verdict').className === 'good'");
        assertEquals("All is well", browser.text("#headline"));
        assertEquals("studio-1 takes the writes; studio-2 would take over.", browser.text("#subline"));
        browser.await("document.querySelector('[data-node=studio-2] .role').textContent === 'certified'");
        browser.await("document.querySelector('[data-node=studio-2]').innerText.includes('nothing')");
        photograph("well-light-en", false, "en-GB,en");
        mayBeReadByAll();

        dryRunSaysWhatWouldBeDone();
        pausingAsksForTheTokenOnceAndForAConfirmation();
        aTakeoverIsSeenWithItsSteps();
        portugueseAndDark();
        assertEquals("[]", browser.ask("window.wrong").toString());

        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            List<String> audited = hand.auditTrail(Duration.ofSeconds(5)).stream()
                    .map(one -> one.entry().kind() + " " + one.entry().who() + ": "
                            + one.entry().what())
                    .toList();
            assertTrue(audited.contains("OPERATOR operator with the token, from 127.0.0.1: pause"), audited::toString);
            assertTrue(audited.contains("STEP studio-2: promoted done"), audited::toString);
        });
        assertEquals(List.of(), AuditTrail.on(hand).verify(Map.of()));
    }

    private void dryRunSaysWhatWouldBeDone() {
        browser.click("#dry-run");
        browser.await("!document.getElementById('plan').hidden");
        assertTrue(browser.text("#plan-title").contains("studio-2"), () -> browser.text("#plan-title"));
        assertTrue(
                browser.ask("document.querySelectorAll('#planned tr').length").getAsInt() > 5);
    }

    private void pausingAsksForTheTokenOnceAndForAConfirmation() {
        openByClick("#pause");
        assertTrue(browser.ask("document.getElementById('go').disabled").getAsBoolean());
        assertEquals(
                "password", browser.ask("document.getElementById('token').type").getAsString());
        browser.click("#token");
        browser.type("no token, but long enough");
        browser.press("Enter");
        browser.await("document.getElementById('answer').textContent === 'The token was not accepted.'");
        assertFalse(hand.lastSeen().orElseThrow().state().paused());

        openByClick("#pause");
        browser.click("#token");
        browser.type(TOKEN);
        browser.await("!document.getElementById('go').disabled");
        browser.click("#go");
        browser.await("document.getElementById('headline').textContent === 'Takeovers are paused'");
        assertTrue(hand.lastSeen().orElseThrow().state().paused());
        photograph("paused-light-en", false, "en-GB,en");
        assertEquals(
                0, browser.ask("sessionStorage.length + localStorage.length").getAsInt());

        // By the keyboard alone, and the token is known by now.
        browser.await("!document.getElementById('resume').hidden");
        browser.ask("document.getElementById('dry-run').focus()");
        browser.press("Tab");
        browser.press("Tab");
        assertEquals("resume", browser.ask("document.activeElement.id").getAsString());
        browser.press("Enter");
        browser.await("document.getElementById('confirm').open");
        assertTrue(browser.ask("document.getElementById('token-box').hidden").getAsBoolean());
        browser.click("#go");
        browser.await("document.getElementById('headline').textContent === 'All is well'");

        // A switchover wants to have its target typed.
        openByClick("#switchover");
        browser.click("#typed");
        browser.type("studio-3");
        mayBeReadByAll();
        assertTrue(browser.ask("document.getElementById('go').disabled").getAsBoolean());
        browser.press("Escape");
        browser.await("!document.getElementById('confirm').open");
    }

    private void openByClick(String selector) {
        browser.click(selector);
        browser.await("document.getElementById('confirm').open");
    }

    private void whatANodeSaysIsTextAndNothingElse() {
        cache.set(MARKUP);
        browser.await("document.getElementById('live').textContent.includes('<b>bold</b>')");
        browser.await("document.querySelector('[data-node=witness] .tags').textContent.includes('<b>bold</b>')");
        assertEquals(
                0,
                browser.ask("document.querySelectorAll('#live b, #live img, .node img').length")
                        .getAsInt());
        assertTrue(browser.ask("window.owned === undefined").getAsBoolean());
        cache.set("");
        browser.await("document.getElementById('live').textContent.includes('redis is well')");
    }

    private void aTakeoverIsSeenWithItsSteps() {
        first.die();
        browser.await("document.querySelector('[data-node=studio-2] .role').textContent === 'primary'");
        browser.await("document.getElementById('live').textContent.includes('epoch 5')");
        browser.await("document.querySelectorAll('#history tbody tr').length > 3");
        browser.await("document.getElementById('history').textContent.includes('promoted')");
        double[] late = Stream.of(browser.ask("window.late")
                        .toString()
                        .replaceAll("[\\[\\]]", "")
                        .split(","))
                .mapToDouble(Double::parseDouble)
                .sorted()
                .toArray();
        double median = late[late.length / 2];
        double pace = browser.ask(PACE).getAsDouble();
        System.out.printf(
                Locale.ROOT,
                "console: %d events shown, median %.0f ms and at most %.0f ms after they happened; a question takes %.1f ms%n",
                late.length,
                median,
                late[late.length - 1],
                pace);
        // A machine that is too busy for this is known by how long anything else takes on the page. Asking every two
        // seconds would be found out.
        assertTrue(
                median <= Math.max(SEEN_WITHIN_MILLIS, 10 * pace),
                () -> "events stand on the page " + median + " ms after they happened; a question takes " + pace
                        + " ms");
        browser.await("!document.getElementById('facts').textContent.includes('none measured')");
        photograph("takeover-light-en", false, "en-GB,en");
    }

    private void portugueseAndDark() {
        browser.click("#pt");
        assertEquals("pt-BR", browser.ask("document.documentElement.lang").getAsString());
        photograph("takeover-dark-pt", true, "pt-BR");
        mayBeReadByAll();
        whatANodeSaysIsTextAndNothingElse();

        browser.looks(1280, 900, true, "pt-BR");
        browser.open("http://127.0.0.1:" + standby.httpPort() + "/console");
        browser.await(
                "document.getElementById('live-title') && document.getElementById('live-title').textContent === 'Em tempo real'");
        browser.await("document.querySelector('[data-node=studio-2] .role')");
        assertTrue(
                browser.ask("document.getElementById('switchover').disabled").getAsBoolean(),
                "this address is to read");
        mayBeReadByAll();
    }

    private void mayBeReadByAll() {
        for (boolean dark : List.of(false, true)) {
            browser.looks(1280, 900, dark, "en");
            assertEquals("[]", browser.ask(PALE).toString(), dark ? "dark" : "light");
        }
        assertEquals("[]", browser.ask(NAMELESS).toString());
    }

    private void photograph(String name, boolean dark, String language) {
        String where = System.getProperty("console.pictures", "");
        if (!where.isEmpty()) {
            browser.looks(1280, 900, dark, language);
            browser.photograph(Path.of(where).resolve("console-" + name + ".png"));
        }
    }
}
