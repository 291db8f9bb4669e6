package io.prontuario.ha.examples.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Alerts and dashboard look at what is there. That the table they are compared with is true is tested on real nodes. */
class OpsFilesTest {
    private static void assertAllDocumented(Set<String> metrics) throws IOException {
        assertFalse(metrics.isEmpty());
        metrics.removeAll(OpsFiles.documented());
        assertEquals(Set.of(), metrics, "not in docs/metrics.md");
    }

    @Test
    void theRulesUseOnlyMetricsThatExist() throws IOException {
        assertAllDocumented(OpsFiles.metricsIn(Files.readString(OpsFiles.rules())));
    }

    @Test
    void eachAlertIsSeenToFire() throws IOException {
        String tests = Files.readString(OpsFiles.rules().resolveSibling("prontuario-ha.rules.test.yml"));
        List<String> untested = OpsFiles.alerts().stream()
                .filter(alert -> !tests.contains("alertname: " + alert + "\n        exp_alerts:\n"))
                .toList();
        assertEquals(List.of(), untested);
    }

    @Test
    void theDashboardUsesOnlyMetricsThatExist() throws IOException {
        JsonObject dashboard = dashboard();
        List<String> questions = new ArrayList<>();
        dashboard
                .getAsJsonArray("panels")
                .forEach(panel -> panel.getAsJsonObject()
                        .getAsJsonArray("targets")
                        .forEach(target -> questions.add(
                                target.getAsJsonObject().get("expr").getAsString())));
        dashboard
                .getAsJsonObject("annotations")
                .getAsJsonArray("list")
                .forEach(one -> questions.add(one.getAsJsonObject().get("expr").getAsString()));
        dashboard
                .getAsJsonObject("templating")
                .getAsJsonArray("list")
                .forEach(one -> questions.add(one.getAsJsonObject().get("query").getAsString()));
        assertAllDocumented(OpsFiles.metricsIn(String.join("\n", questions)));
    }

    /** Grafana shows panels that lie upon each other, and mixes up those with one id. */
    @Test
    void noPanelsOfTheDashboardLieUponEachOther() throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<String> taken = new HashSet<>();
        for (JsonElement element : dashboard().getAsJsonArray("panels")) {
            JsonObject panel = element.getAsJsonObject();
            assertTrue(ids.add(panel.get("id").getAsInt()), () -> "a second panel has the id of " + panel.get("title"));
            JsonObject place = panel.getAsJsonObject("gridPos");
            int left = place.get("x").getAsInt();
            int top = place.get("y").getAsInt();
            assertTrue(left + place.get("w").getAsInt() <= 24, () -> panel.get("title") + " is too wide");
            for (int x = left; x < left + place.get("w").getAsInt(); x++) {
                for (int y = top; y < top + place.get("h").getAsInt(); y++) {
                    assertTrue(taken.add(x + "," + y), () -> panel.get("title") + " lies upon another panel");
                }
            }
        }
    }

    private static JsonObject dashboard() throws IOException {
        Path file = OpsFiles.folder().resolve("grafana").resolve("prontuario-ha.json");
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }
}
