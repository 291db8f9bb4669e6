package io.prontuario.ha;

import io.prontuario.ha.engine.Engine;
import io.prontuario.ha.http.OperatorSurface;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.http.Request;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What people may do over HTTP, in words that HTTP has for how it ended. */
final class Operators {
    /** A switchover takes that long at the most, and a moment more to be told. */
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    /** In characters. */
    private static final int LONGEST_NAME = 100;

    private Operators() {}

    static OperatorSurface surface(
            OperatorAccess access,
            Engine engine,
            ClusterControl control,
            EmergencyControl emergency,
            Switchover switchover,
            ManualFailover failover,
            AuditTrail audit) {
        Map<String, Page> acts = new LinkedHashMap<>(emergencyActs(emergency, audit));
        acts.put("/approve", approve(emergency, failover, audit));
        acts.put(
                "/pause",
                act(
                        audit,
                        AuditEntry.Kind.OPERATOR,
                        request -> "pause"
                                + request.parameter("minutes")
                                        .map(time -> " for " + time + " min")
                                        .orElse(""),
                        request -> request.parameter("minutes")
                                .map(time -> pausedFor(control, time))
                                .orElseGet(() ->
                                        told(control.pause(), "paused: no takeover begins", "it was paused already"))));
        acts.put(
                "/resume",
                act(
                        audit,
                        AuditEntry.Kind.OPERATOR,
                        request -> "resume",
                        request -> told(control.resume(), "resumed", "it was not paused")));
        acts.put(
                "/switchover",
                act(
                        audit,
                        AuditEntry.Kind.OPERATOR,
                        request -> "switchover to " + request.parameter("to").orElse("nobody"),
                        request -> request.parameter("to")
                                .map(to -> ended(switchover.run(new NodeName(to), stage -> {})))
                                .orElseGet(() ->
                                        Reply.text(400, "to: missing: give the node that is to be the primary"))));
        Map<String, Page> pages = new LinkedHashMap<>(engine.pages());
        pages.put(
                "/acts",
                request -> Reply.json(200, "{\"allowed\":" + !access.token().isEmpty() + "}"));
        return new OperatorSurface(
                access.address(), access.tls(), access.token(), pages, acts, PATIENCE, engine.events());
    }

    private static Map<String, Page> emergencyActs(EmergencyControl emergency, AuditTrail audit) {
        return Map.of(
                "/deny", emergencyAct(audit, AuditEntry.Kind.APPROVAL, "deny the emergency", emergency::deny),
                "/failback", emergencyAct(audit, AuditEntry.Kind.OPERATOR, "failback", emergency::failback),
                "/drill", emergencyAct(audit, AuditEntry.Kind.OPERATOR, "rehearsal", emergency::rehearse),
                "/declare",
                        act(
                                audit,
                                AuditEntry.Kind.OPERATOR,
                                request -> "declare an emergency",
                                request -> asked(request, by -> emergency.declare(declaration(request, by)))));
    }

    private static Page approve(EmergencyControl emergency, ManualFailover failover, AuditTrail audit) {
        return act(
                audit,
                AuditEntry.Kind.APPROVAL,
                request -> request.parameter("takeover")
                        .map(to -> "approve the takeover of " + to)
                        .orElse("approve the emergency"),
                request -> request.parameter("takeover")
                        .map(to -> ended(failover.approve(new NodeName(to))))
                        .orElseGet(() -> asked(request, emergency::approve)));
    }

    private static Page emergencyAct(
            AuditTrail audit, AuditEntry.Kind kind, String what, Function<String, Emergency> act) {
        return act(audit, kind, request -> what, request -> asked(request, act));
    }

    private static Declaration declaration(Request request, String by) {
        return Declaration.parse(request.parameter("token").orElse(""), by)
                .orElseThrow(() -> new IllegalArgumentException(
                        "token: missing or none: it names the cluster and the epoch, EMERGENCY:cluster-id:epoch"));
    }

    /** Who asks is part of what is written; the token is shared. */
    private static Reply asked(Request request, Function<String, Emergency> act) {
        return request.parameter("by")
                .map(by -> Reply.text(200, act.apply(by).summary()))
                .orElseGet(() -> Reply.text(400, "by: missing: give the name of whoever asks for it"));
    }

    /** Noted before it is done, since whoever does it may not live to note it, and afterwards with how it ended. */
    private static Page act(
            AuditTrail audit, AuditEntry.Kind done, Function<Request, String> what, Function<Request, Reply> act) {
        return request -> {
            String who = who(request);
            String why = request.parameter("reason").orElse("");
            audit.note(AuditEntry.Kind.OPERATOR, who, "asked for " + what.apply(request), why, "");
            Reply reply = answered(act, request);
            AuditEntry.Kind kind = reply.status() == 200 ? done : AuditEntry.Kind.REFUSAL;
            boolean noted =
                    audit.note(kind, who, what.apply(request), why, reply.body().strip());
            return noted
                    ? reply
                    : Reply.text(
                            reply.status(),
                            reply.body().strip() + " (not in the audit trail: the store did not answer)");
        };
    }

    /** The name that somebody gives is not checked: whoever has the token may give any. */
    private static String who(Request request) {
        String named = request.parameter("by").orElse("").strip();
        String name = named.isEmpty() ? "operator" : named.substring(0, Math.min(named.length(), LONGEST_NAME));
        return name + " with the token, from " + request.from();
    }

    private static Reply answered(Function<Request, Reply> act, Request request) {
        try {
            return act.apply(request);
        } catch (IllegalArgumentException e) {
            return Reply.text(400, Objects.toString(e.getMessage()));
        } catch (StoreUnavailableException e) {
            return Reply.text(503, Objects.toString(e.getMessage()));
        } catch (IllegalStateException e) {
            return Reply.text(409, Objects.toString(e.getMessage()));
        }
    }

    private static Reply pausedFor(ClusterControl control, String minutes) {
        if (!minutes.matches("\\d{1,4}")) {
            throw new IllegalArgumentException("minutes: '" + minutes + "', expected a whole number");
        }
        PauseEnd end = control.pauseFor(Duration.ofMinutes(Long.parseLong(minutes)));
        return Reply.text(200, "paused: no takeover begins until about " + end.about());
    }

    private static Reply told(boolean changed, String now, String before) {
        return Reply.text(200, changed ? now : before);
    }

    private static Reply ended(Switchover.Result result) {
        return Reply.text(result.done() ? 200 : 409, result.message());
    }
}
