package io.prontuario.ha.engine;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A sighting as it travels between nodes. One of an older version does not say whether a proxy has looked: it counts as if none had. */
record SightingLine(
        String observer, String target, String means, String answer, long lastReachedMillis, boolean byProxy) {
    private static final Gson GSON = new Gson();

    private static SightingLine of(Sighting sighting) {
        return new SightingLine(
                sighting.observer().value(),
                sighting.target().value(),
                sighting.means(),
                sighting.answer().name(),
                sighting.lastReachedAge().toMillis(),
                sighting.byProxy());
    }

    private Sighting sighting() {
        return new Sighting(
                new NodeName(observer),
                new NodeName(target),
                means,
                known(answer),
                Duration.ofMillis(lastReachedMillis),
                byProxy);
    }

    /** A node of another version may have an answer that has no name here. */
    private static Answer known(String name) {
        return Arrays.stream(Answer.values())
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElse(Answer.UNKNOWN);
    }

    static String write(List<Sighting> sightings) {
        return GSON.toJson(sightings.stream().map(SightingLine::of).toList());
    }

    static List<Sighting> read(String json) {
        List<SightingLine> lines = GSON.fromJson(json, new TypeToken<List<SightingLine>>() {}.getType());
        return lines.stream().map(SightingLine::sighting).toList();
    }
}
