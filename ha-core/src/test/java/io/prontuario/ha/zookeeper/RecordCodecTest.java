package io.prontuario.ha.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.testing.Records;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records and statuses as another version of the library may have written them. */
final class RecordCodecTest {

    private static final ClusterState FULL = Protocol.askSwitchover(
                    Records.state(4).withPauseUntil(new PauseEnd("p1", Duration.ofMinutes(30), Instant.EPOCH)),
                    Records.COPY_2,
                    "t5",
                    "planned",
                    Instant.parse("2026-01-01T10:00:00.123Z"))
            .next()
            .orElseThrow();

    private static RecordCodec.Read read(String json) {
        return RecordCodec.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ClusterState state) {
        return new String(RecordCodec.bytes("w1", state), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsWrittenIsRead() {
        ClusterState condemning =
                Protocol.condemn(Records.state(4), Records.COPY_2, "o1").next().orElseThrow();
        for (ClusterState state : List.of(Records.state(4), FULL, condemning)) {
            assertEquals(new RecordCodec.Read("w1", state, ""), read(text(state)));
        }
    }

    @Test
    void oneWithoutANumberIsThatOfTheFirstVersions() {
        String former = text(FULL).replace("\"format\":1,", "");
        assertTrue(!former.equals(text(FULL)), former);
        assertEquals(FULL, read(former).state());
    }

    @Test
    void additionalFieldsAreKeptAndWrittenBack() {
        String later = text(FULL)
                .replace(
                        "\"epoch\":4", "\"epoch\":4,\"residence\":{\"region\":[\"south\",null]},\"quorum\":\"2 of 3\"");
        ClusterState state = read(later).state();
        assertEquals(
                Map.of("residence", "{\"region\":[\"south\",null]}", "quorum", "\"2 of 3\""),
                state == null ? Map.of() : state.format().unknown());
        String again = text(Protocol.pause(state, false).next().orElseThrow());
        assertTrue(again.contains("\"residence\":{\"region\":[\"south\",null]}"), again);
        assertTrue(again.contains("\"quorum\":\"2 of 3\""), again);
    }

    @Test
    void oneOfAHigherFormatIsNotLookedIntoHoweverUsualItLooks() {
        RecordCodec.Read read = read(text(FULL.withFormat(new RecordFormat(2, Map.of()))));
        assertNull(read.state());
        assertEquals("w1", read.writeId());
        assertTrue(read.notUnderstood().contains("format 2"), read::notUnderstood);
        assertNull(read("{\"writeId\":\"w1\",\"format\":2,\"state\":[\"quite\",\"another\"]}")
                .state());
    }

    /** Each of these would be read as something else than what was written. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"durability\":\"AVAILABLE\" | \"durability\":\"QUORUM\" | QUORUM",
                "\"kind\":\"SWITCHOVER\" | \"kind\":\"SPLIT\" | SPLIT",
                "\"from\": | \"by\":\"a person\",\"from\": | state.transition.by",
                "\"after\": | \"every\":\"PT24H\",\"after\": | state.pauseEnd.every",
                "\"epoch\":4 | \"epoch\":\"four\" | four",
                "\"timeline\":4 | \"timeline\":\"4a\" | 4a",
                "\"paused\":true | \"paused\":\"partly\" | a pause ends"
            })
    void whatWouldGetLostMakesItOneThatIsNotUnderstood(String known, String other, String named) {
        assertTrue(text(FULL).contains(known), () -> text(FULL));
        RecordCodec.Read read = read(text(FULL).replace(known, other));
        assertNull(read.state());
        assertTrue(read.notUnderstood().contains(named), read::notUnderstood);
    }

    @Test
    void whatIsNoRecordIsNotUnderstoodEither() {
        for (String garbage : List.of("", "null", "[]", "{}", "{\"writeId\":\"w1\"}", "{\"format\":0}", "half {")) {
            assertNull(read(garbage).state(), garbage);
            assertTrue(!read(garbage).notUnderstood().isEmpty(), garbage);
        }
    }

    @Test
    void aSetThatAPersonHasWrittenInAnotherOrderIsTheSame() {
        ClusterState two = Records.state(4).withInSync(List.of(Records.COPY_2, Copy.parse("x.0001")));
        String turned = text(two).replace("[\"studio-2.7f3a\",\"x.0001\"]", "[\"x.0001\",\"studio-2.7f3a\"]");
        assertTrue(!turned.equals(text(two)), turned);
        assertEquals(two, read(turned).state());
    }

    private static Optional<NodeStatus> status(String json) {
        return StatusCodec.read(json.getBytes(StandardCharsets.UTF_8), "/nodes/studio-1");
    }

    @Test
    void ofAStatusUnknownFieldsAreIgnoredAndAnUnknownConditionIsNoneThatIsKnown() {
        NodeStatus usual = Records.status(Records.STUDIO_1, "REST");
        String text = new String(Json.bytes(usual), StandardCharsets.UTF_8);

        assertEquals(Optional.of(usual), status(text.replace("\"address\":", "\"zone\":\"b\",\"address\":")));
        assertEquals(
                Optional.of(DataStatus.UNKNOWN),
                status(text.replace("\"condition\":\"UNKNOWN\"", "\"condition\":\"THAWING\"")
                                .replace("\"timeline\":0", "\"timeline\":7"))
                        .map(NodeStatus::data));
        assertEquals(Optional.empty(), status(text.replace("\"role\":\"DATA\"", "\"role\":\"ORACLE\"")));
        assertEquals(Optional.empty(), status("half {"));
    }
}
