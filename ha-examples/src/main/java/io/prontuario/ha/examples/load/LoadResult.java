package io.prontuario.ha.examples.load;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a load test has seen. */
public final class LoadResult {
    private final LoadTest.Plan plan;
    private final Instant began;
    private final List<Passage> passages;

    LoadResult(LoadTest.Plan plan, Instant began, List<Passage> passages) {
        this.plan = plan;
        this.began = began;
        this.passages = List.copyOf(passages);
    }

    /** Whether everything held that was promised. */
    public boolean passed() {
        return passages.stream().allMatch(passage -> passage.broken().isEmpty());
    }

    /** The figures, for JSON. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("passed", passed());
        map.put("began", began.toString());
        map.put("users", plan.mix().users());
        map.put("writesPercent", plan.mix().writesPercent());
        map.put("pauseMillis", plan.mix().pause().toMillis());
        map.put("poolSize", plan.poolSize());
        map.put("seed", plan.seed());
        map.put(
                "failedRequests",
                passages.stream().mapToInt(one -> one.summary().failures()).sum());
        map.put("lost", passages.stream().mapToInt(one -> one.summary().lost()).sum());
        map.put("passages", passages.stream().map(Passage::asMap).toList());
        return map;
    }

    /** A page that needs nothing beside it. */
    public String html() {
        return LoadPage.of(plan, began, passages);
    }
}
