package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.model.ServerCondition.STARTING;
import static io.prontuario.ha.model.ServerMode.PRIMARY;
import static io.prontuario.ha.model.ServerMode.STANDBY;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.connectedTimes;
import static io.prontuario.ha.testing.ViewFixture.dataGone;
import static io.prontuario.ha.testing.ViewFixture.hasObeyed;
import static io.prontuario.ha.testing.ViewFixture.heir;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.notStreaming;
import static io.prontuario.ha.testing.ViewFixture.ofAnotherCluster;
import static io.prontuario.ha.testing.ViewFixture.refuses;
import static io.prontuario.ha.testing.ViewFixture.replaced;
import static io.prontuario.ha.testing.ViewFixture.runsAs;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;

import io.prontuario.ha.decide.RecordTransitions.Arrow;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes {@code docs/state-machine.md}: what the protocol allows and what the policies decide, by asking them. */
final class StateMachineDocument {
    private static final long AGES = Duration.ofHours(1).toMillis();

    private final StringBuilder text = new StringBuilder();
    private final RecordTransitions transitions = RecordTransitions.explore();

    private StateMachineDocument() {}

    static String render(String command) {
        return new StateMachineDocument().all(command);
    }

    private String all(String command) {
        line("# State machine");
        line("");
        line(
                "Generated from the code by `StateMachineDocumentTest`, which fails when this file is stale. Write it anew:");
        line("");
        line("    " + command);
        line("");
        record();
        agents();
        coordinator();
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void record() {
        line("## The record");
        line("");
        line(
                "Every change of `model.ClusterState` is a method of `decide.Protocol`, written by compare-and-set. Each was tried in all "
                        + transitions.states() + " records that");
        line(
                "three nodes reach within four nominations, in each durability; what is not listed was refused everywhere.");
        line("");
        line("| phase | what it means |");
        line("|---|---|");
        transitions.phases().forEach(phase -> line("| " + phase + " | " + phase.meaning() + " |"));
        line("");
        diagram();
        line("| change | written by | when | from → to | refused with |");
        line("|---|---|---|---|---|");
        for (RecordChange change : RecordChange.values()) {
            line("| `" + change.method() + "` | " + change.writer() + " | " + change.condition() + " | "
                    + arrows(change) + " | "
                    + transitions.refusals(change).stream()
                            .map(StateMachineDocument::cell)
                            .collect(Collectors.joining(";<br>"))
                    + " |");
        }
        line("");
    }

    private void diagram() {
        Map<Arrow, List<String>> labels = new TreeMap<>();
        for (RecordChange change : RecordChange.values()) {
            for (Arrow arrow : transitions.arrows(change)) {
                if (arrow.from() != arrow.to()) {
                    labels.computeIfAbsent(arrow, any -> new ArrayList<>()).add(change.method());
                }
            }
        }
        line("```mermaid");
        line("stateDiagram-v2");
        line("    [*] --> FIRST: bootstrap");
        labels.forEach(
                (arrow, names) -> line("    " + arrow.from() + " --> " + arrow.to() + ": " + String.join(", ", names)));
        line("```");
        line("");
    }

    private String arrows(RecordChange change) {
        Map<RecordPhase, List<String>> targets = new LinkedHashMap<>();
        transitions
                .arrows(change)
                .forEach(arrow -> targets.computeIfAbsent(arrow.from(), any -> new ArrayList<>())
                        .add(arrow.from() == arrow.to() ? "same" : arrow.to().name()));
        return targets.entrySet().stream()
                .map(entry -> entry.getKey() + " → " + String.join(" or ", entry.getValue()))
                .collect(Collectors.joining("<br>"));
    }

    private static String cell(String sentence) {
        // The fixtures' servers give no detail behind the colon.
        return sentence.replace("|", "\\|").replaceAll(": $", "");
    }

    /** How a node's server is, as its agent sees it. */
    private record ServerCase(String label, ServerCondition condition, ServerMode mode) {}

    private static final List<ServerCase> SERVERS = List.of(
            new ServerCase("runs as primary", RUNNING, PRIMARY),
            new ServerCase("runs as standby", RUNNING, STANDBY),
            new ServerCase("is starting", STARTING, STANDBY),
            new ServerCase("hangs", HUNG, PRIMARY),
            new ServerCase("is down, a primary's data", DOWN, PRIMARY),
            new ServerCase("is down, a standby's data", DOWN, STANDBY));

    private interface Situation {
        ViewFixture with(ServerCase server);
    }

    private void agents() {
        line("## Agents");
        line("");
        line(
                "What `decide.AgentPolicy` decides for a node's own server, and the sentence that it gives. **!**: an alarm. *Then*: after it has"
                        + " lasted.");
        line("");
        line("| the copy here is, by the record | its server | duty | because |");
        line("|---|---|---|---|");
        agent(
                "the active primary, nobody certified",
                "a",
                server -> views().primary("a", server.condition(), runsAs(server.mode()))
                        .standby("b", uncertified(), notStreaming()));
        agent(
                "the active primary, b certified",
                "a",
                server -> views().primary("a", server.condition(), runsAs(server.mode()))
                        .standby("b", inSync()));
        agent(
                "the same, paused",
                "a",
                server -> views().primary("a", server.condition(), runsAs(server.mode()))
                        .standby("b", inSync())
                        .paused());
        agent(
                "the nominee",
                "b",
                server -> views().formerPrimary("a", DOWN, agentGone())
                        .nominee("b", server.condition(), runsAs(server.mode())));
        agent(
                "an heir",
                "c",
                server -> views().formerPrimary("a", DOWN, agentGone())
                        .nominee("b", RUNNING)
                        .standby("c", heir(), is(server.condition()), runsAs(server.mode())));
        agent(
                "a certified standby of a",
                "b",
                server -> views().primary("a", RUNNING)
                        .standby("b", inSync(), is(server.condition()), runsAs(server.mode())));
        agent(
                "nothing: not certified, or deposed by a",
                "b",
                server -> views().primary("a", RUNNING)
                        .standby("b", uncertified(), is(server.condition()), runsAs(server.mode())));
        one("another copy than that of the primary here", "any", "a", views().primary("a", RUNNING, replaced()));
        one(
                "none: no usable data, a is active",
                "none",
                "b",
                views().primary("a", RUNNING).standby("b", dataGone()));
        one(
                "none, nobody is active",
                "none",
                "c",
                views().formerPrimary("a", DOWN).nominee("b", RUNNING).standby("c", dataGone()));
        one(
                "data of another cluster",
                "runs",
                "b",
                views().primary("a", RUNNING).standby("b", ofAnotherCluster()));
        one(
                "any, and the record was not read yet",
                "any",
                "a",
                views().primary("a", RUNNING).noRecordRead());
        one(
                "any, and this node remembers a higher epoch",
                "any",
                "a",
                views().primary("a", RUNNING).remembers(ViewFixture.CLUSTER, 2, "transition-2"));
        one(
                "any, and another that lives has obeyed a higher epoch",
                "any",
                "a",
                views().primary("a", RUNNING).standby("b", hasObeyed(2)));
        line("");
        line("An active primary that runs looks further, in this order:");
        line("");
        line("| it sees | server | duty | because |");
        line("|---|---|---|---|");
        one(
                "names that do not cover a certified standby",
                "runs",
                "a",
                views().primary("a", RUNNING).standby("b", inSync()).names(""));
        one(
                "a certified name that is borne twice",
                "runs",
                "a",
                views().primary("a", RUNNING).standby("b", inSync(), connectedTimes(2)));
        one(
                "a certified standby gone while a commit waits",
                "runs",
                "a",
                views().primary("a", RUNNING)
                        .standby("b", inSync(), notStreaming())
                        .noticed("b", 500, 0));
        one(
                "a commit that waits for a certified standby",
                "runs",
                "a",
                views().primary("a", RUNNING).standby("b", inSync()).noticed("b", 0, 1500));
        one(
                "the same, and no other node has just reached it",
                "runs",
                "a",
                views().primary("a", RUNNING)
                        .standby("b", inSync())
                        .noticed("b", 0, 1500)
                        .observedByNobody());
        one(
                "that it has not been opened in this epoch",
                "runs",
                "a",
                views().primary("a", RUNNING).standby("b", inSync()).notOpened());
        one(
                "names that wait for more than the record wants",
                "runs",
                "a",
                views().primary("a", RUNNING)
                        .names(io.prontuario.ha.model.ServerNames.waitingFor(List.of(ViewFixture.copy("b")))
                                .setting()));
        one(
                "a standby that streams and is not certified",
                "runs",
                "a",
                views().primary("a", RUNNING).standby("b", uncertified()));
        one(
                "in STRICT: too few certified",
                "runs",
                "a",
                views().primary("a", RUNNING).strict(1));
        line("");
    }

    private void agent(String copy, String node, Situation situation) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (ServerCase server : SERVERS) {
            AgentDecision first = AgentPolicy.decide(
                    situation.with(server).downFor(0).notStreamingFor(0).at(node));
            AgentDecision later = AgentPolicy.decide(situation
                    .with(server)
                    .downFor(server.condition() == DOWN ? AGES : 0)
                    .notStreamingFor(0)
                    .at(node));
            String row = duty(first) + " | " + cell(first.reason());
            if (later.duty() != first.duty()) {
                row = duty(first) + ", then " + duty(later) + " | " + cell(first.reason()) + "; then: "
                        + cell(later.reason());
            }
            rows.computeIfAbsent(row, any -> new ArrayList<>()).add(server.label());
        }
        rows.forEach((row, servers) -> line("| " + copy + " | " + String.join("; ", servers) + " | " + row + " |"));
    }

    private void one(String copy, String server, String node, ViewFixture fixture) {
        AgentDecision decision = AgentPolicy.decide(fixture.at(node));
        line("| " + copy + " | " + server + " | " + duty(decision) + " | " + cell(decision.reason()) + " |");
    }

    private static String duty(AgentDecision decision) {
        return decision.duty().name().toLowerCase(Locale.ROOT).replace('_', ' ') + (decision.alarm() ? " **!**" : "");
    }

    private void coordinator() {
        line("## The coordinator");
        line("");
        line("What `decide.CoordinatorPolicy` makes of what `decide.StandardPolicy` says. A hold is an alarm.");
        line("");
        line("| what it sees | move | because |");
        line("|---|---|---|");
        move(
                "a primary that was just reached",
                views().primary("a", RUNNING).standby("b", inSync()).sighted("b", Answer.REACHED, 10));
        move(
                "a primary that nobody has reached for less than the suspicion time",
                views().primary("a", RUNNING).standby("b", inSync()).sighted("b", Answer.UNREACHED, 700));
        move("the primary's agent says that its server is dead", dead().standby("b", inSync()));
        move(
                "the primary's agent says that its server hangs",
                views().primary("a", HUNG).standby("b", inSync()));
        move(
                "a primary's host that all have found silent for the suspicion time",
                silent().standby("b", inSync()).sighted("b", Answer.UNREACHED, 1500));
        move(
                "no session of the primary's agent, no answer on /primary",
                silent().standby("b", inSync()).primaryAnswers(Answer.UNREACHED).sighted("b", Answer.REACHED, 10));
        move(
                "no session of the primary's agent, but an answer on /primary",
                silent().standby("b", inSync()).primaryAnswers(Answer.REACHED).sighted("b", Answer.REACHED, 10));
        move("a dead primary, nobody certified", dead().standby("b", uncertified()));
        move("a dead primary, the certified standby's server is down", dead().standby("b", inSync(), is(DOWN)));
        move(
                "a dead primary, the cluster is paused",
                dead().standby("b", inSync()).paused());
        move(
                "the same, and the pause has lasted as long as was asked for",
                dead().standby("b", inSync()).pausedFor(Duration.ofMinutes(30), Duration.ofMinutes(30)));
        move("a dead primary in ASYNC", dead().standby("b", uncertified()).durability(Durability.ASYNC));
        move(
                "a record that this node does not obey",
                dead().standby("b", inSync()).remembers(ViewFixture.CLUSTER, 2, "transition-2"));
        move("a record below what another that lives has obeyed", dead().standby("b", inSync(), hasObeyed(2)));
        move("a nominee at work", lost().nominee("b", RUNNING).standby("c", heir()));
        move(
                "a nominee that refuses",
                lost().nominee("b", RUNNING, refuses("it is paused")).standby("c", heir()));
        move(
                "a nominee that is silent",
                lost().nominee("b", RUNNING, agentGone()).standby("c", heir()).sighted("c", Answer.UNREACHED, 1500));
        move(
                "a nominee without progress",
                lost().nominee("b", RUNNING).standby("c", heir()).nomineeStalledFor(Duration.ofSeconds(10)));
        move(
                "the same, the second one",
                lost().nominee("c", RUNNING)
                        .standby("b", heir())
                        .tried("b", "c")
                        .nomineeStalledFor(Duration.ofSeconds(10)));
        move("a nominee that refuses, and no other heir alive", lost().nominee("b", RUNNING, refuses("it is paused")));
        move(
                "a nominee that refuses, in a paused cluster",
                lost().nominee("b", RUNNING, refuses("it is paused"))
                        .standby("c", heir())
                        .paused());
        move(
                "a new primary that is active, the journal open",
                views().primary("b", RUNNING)
                        .formerPrimary("a", DOWN)
                        .epoch(2, 3)
                        .sighted("w", Answer.REACHED, 10));
        move(
                "the same, and it is dead already",
                views().primary("b", DOWN)
                        .formerPrimary("a", DOWN)
                        .standby("c", inSync())
                        .epoch(2, 3));
    }

    private static ViewFixture dead() {
        return views().primary("a", DOWN);
    }

    private static ViewFixture silent() {
        return views().primary("a", RUNNING, agentGone());
    }

    private static ViewFixture lost() {
        return views().formerPrimary("a", DOWN, agentGone());
    }

    private void move(String seen, ViewFixture fixture) {
        ClusterView view = fixture.atWitness();
        CoordinatorDecision decision = CoordinatorPolicy.decide(view, StandardPolicy.decide(view));
        line("| " + seen + " | "
                + decision.move().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + (decision.subject() == null ? "" : " " + decision.subject()) + " | " + cell(decision.reason())
                + " |");
    }
}
