package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.STUDIO_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Hold;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Isolation;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowersTest {
    private final List<Long> followed = Collections.synchronizedList(new ArrayList<>());
    private final List<HaEvent> told = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong now = new AtomicLong();
    private final Events events = new Events(STUDIO_1, List.of(told::add), InstantSource.system(), Machine.real());
    private final CountDownLatch free = new CountDownLatch(1);
    private final AtomicInteger woken = new AtomicInteger();
    private final List<Isolation> held = Collections.synchronizedList(new ArrayList<>());
    private volatile Outcome holding = Outcome.done("");
    private boolean slow;
    private boolean broken;
    private final Followers followers =
            new Followers(List.of(new Pool()), events, Machine.real(), now::get, woken::incrementAndGet);

    private final class Pool implements FailoverStrategy {
        @Override
        public String name() {
            return "pool";
        }

        @Override
        public Layer layer() {
            return Layer.TRAFFIC;
        }

        @Override
        public Placement placement() {
            return Placement.EVERYWHERE;
        }

        @Override
        public Outcome isolate(StepRequest request) {
            held.add(request.isolation());
            return holding;
        }

        @Override
        public Outcome enable(StepRequest request) {
            throw new IllegalStateException("not asked for");
        }

        @Override
        public Outcome reconcile(ClusterState state) {
            followed.add(state.epoch());
            if (broken) {
                throw new IllegalStateException("no such server");
            }
            if (slow) {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Outcome.done("");
        }
    }

    @AfterEach
    void end() {
        free.countDown();
        followers.close();
        events.close();
    }

    private void awaitFollowed(Long... epochs) {
        Awaitility.await().untilAsserted(() -> assertEquals(List.of(epochs), List.copyOf(followed)));
    }

    @Test
    void areToldOfEachNewRecordAndOfTheSameOneOnTheSlowBeat() {
        followers.follow(Records.state(4), "");
        followers.follow(Records.state(4), "");
        awaitFollowed(4L);
        followers.follow(Records.state(5), "");
        awaitFollowed(4L, 5L);

        now.addAndGet(1_000_000_000);
        followers.follow(Records.state(5), "");

        awaitFollowed(4L, 5L, 5L);
    }

    @Test
    void followOnlyTheNewestWhenRecordsComeFasterThanTheyFollow() {
        slow = true;
        followers.follow(Records.state(4), "");
        awaitFollowed(4L);
        followers.follow(Records.state(5), "");
        followers.follow(Records.state(6), "");

        free.countDown();

        awaitFollowed(4L, 6L);
    }

    @Test
    void aFailureIsToldOnceAndTriedAgain() {
        broken = true;
        followers.follow(Records.state(4), "");
        awaitFollowed(4L);
        now.addAndGet(1_000_000_000);
        followers.follow(Records.state(4), "");
        awaitFollowed(4L, 4L);

        Awaitility.await()
                .untilAsserted(() -> assertEquals(
                        List.of("pool: failed: java.lang.IllegalStateException: no such server"),
                        told.stream().map(HaEvent::message).toList()));
    }

    @Test
    void holdWhenASwitchoverWantsItAndSayWhatTheyWaitForUntilTheyAreDrained() {
        holding = Outcome.inProgress("a report", Duration.ofMillis(10));
        followers.follow(Records.state(4), "s1");
        awaitHold(new Hold(true, "", "", "a report"));
        int before = woken.get();

        holding = Outcome.done("");
        followers.follow(Records.state(4), "s1");

        awaitHold(new Hold(true, "", "s1", ""));
        Awaitility.await().until(() -> woken.get() > before);
        followers.follow(Records.state(4), "s1");
        assertEquals(List.of(Isolation.GRACEFUL, Isolation.GRACEFUL), List.copyOf(held), "asked again once drained");
        assertEquals(List.of(), List.copyOf(followed));
    }

    @Test
    void followTheRecordAgainWhenTheHoldIsOver() {
        followers.follow(Records.state(4), "s1");
        awaitHold(new Hold(true, "", "s1", ""));

        followers.follow(Records.state(5), "");

        awaitFollowed(5L);
        awaitHold(new Hold(true, "", "", ""));
    }

    private void awaitHold(Hold expected) {
        Awaitility.await().untilAsserted(() -> assertEquals(expected, followers.hold()));
    }
}
