package io.prontuario.ha.examples.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.drill.DrillReport.Condition;
import io.prontuario.ha.examples.drill.DrillReport.Leg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The evidence of drills, one beside the other. */
class DrillFilesTest {
    @TempDir
    private Path folder;

    private static DrillReport report(String kind, String at, double outageMillis) {
        return new DrillReport(
                "medical-records",
                kind,
                "ana",
                "<b>quarterly</b> & \"more\"",
                at,
                true,
                "passed",
                30_000,
                List.of(new Condition("somebody could take over", true, "possible")),
                List.of(new Leg("switchover to studio-2", true, "done", outageMillis, null, List.of())),
                List.of());
    }

    @Test
    void isComparedWithTheLastOneOfItsKind() {
        assertTrue(DrillFiles.write(folder, report("switchover", "2026-01-01T00:00:00Z", 400))
                .comparison()
                .get(0)
                .startsWith("the first of its kind"));
        DrillFiles.write(folder, report("kill", "2026-02-01T00:00:00Z", 9_000));
        DrillReport second = DrillFiles.write(folder, report("switchover", "2026-03-01T00:00:00Z", 800));
        assertEquals(
                List.of(
                        "the last one, of 2026-01-01T00:00:00Z, passed",
                        "there: an outage of 800 ms, longer than the last one's 400 ms"),
                second.comparison());
    }

    @Test
    void thePageShowsWhatWasSaidAsText() throws IOException {
        DrillFiles.write(folder, report("switchover", "2026-01-01T00:00:00Z", 400));
        Path page;
        try (Stream<Path> files = Files.list(folder)) {
            page = files.filter(file -> file.toString().endsWith(".html"))
                    .findFirst()
                    .orElseThrow();
        }
        String text = Files.readString(page);
        assertTrue(text.contains("&lt;b&gt;quarterly&lt;/b&gt; &amp; &quot;more&quot;"), text);
        assertFalse(text.contains("<b>quarterly"), text);
    }
}
