package io.prontuario.ha.engine;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import java.time.Duration;
import java.util.List;

/** A sighting as it travels between nodes. */
record SightingLine(String observer, String target, String means, String answer, long lastReachedMillis) {
    private static final Gson GSON = new Gson();

    private static SightingLine of(Sighting sighting) {
        return new SightingLine(
                sighting.observer().value(),
                sighting.target().value(),
                sighting.means(),
                sighting.answer().name(),
                sighting.lastReachedAge().toMillis());
    }

    private Sighting sighting() {
        return new Sighting(
                new NodeName(observer),
                new NodeName(target),
                means,
                Answer.valueOf(answer),
                Duration.ofMillis(lastReachedMillis));
    }

    static String write(List<Sighting> sightings) {
        return GSON.toJson(sightings.stream().map(SightingLine::of).toList());
    }

    static List<Sighting> read(String json) {
        List<SightingLine> lines = GSON.fromJson(json, new TypeToken<List<SightingLine>>() {}.getType());
        return lines.stream().map(SightingLine::sighting).toList();
    }
}
