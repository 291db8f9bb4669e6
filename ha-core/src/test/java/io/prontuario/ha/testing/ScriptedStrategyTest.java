package io.prontuario.ha.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptedStrategyTest {
    private static final NodeName STUDIO_2 = new NodeName("studio-2");

    @Test
    void answersByItsScriptAndThenThatItIsDone() {
        Outcome busy = Outcome.retry("busy", Duration.ofMillis(100));
        ScriptedStrategy proxy = ScriptedStrategy.of("proxy", Layer.TRAFFIC, Placement.COORDINATOR)
                .answers(Verb.ENABLE, busy);

        assertEquals(busy, proxy.enable(FailoverStrategyContract.request(proxy, STUDIO_2)));
        assertEquals(Outcome.done(""), proxy.enable(FailoverStrategyContract.request(proxy, STUDIO_2)));
        assertEquals(Outcome.done(""), proxy.isolate(FailoverStrategyContract.request(proxy, STUDIO_2)));
        assertEquals(List.of("ENABLE studio-2", "ENABLE studio-2", "ISOLATE studio-2"), proxy.asked());
    }

    @Test
    void whatForwardsLeavesItToTheOtherOne() {
        ScriptedStrategy proxy = ScriptedStrategy.of("proxy", Layer.TRAFFIC, Placement.COORDINATOR);
        ForwardingStrategy between = new ForwardingStrategy(proxy) {};

        between.enable(FailoverStrategyContract.request(between, STUDIO_2));

        assertEquals(List.of("ENABLE studio-2"), proxy.asked());
        assertEquals(
                proxy.describe(FailoverStrategyContract.request(proxy, STUDIO_2).step()),
                between.describe(
                        FailoverStrategyContract.request(between, STUDIO_2).step()));
    }
}
