package io.prontuario.ha;

import io.prontuario.ha.engine.Engine;
import io.prontuario.ha.http.OperatorSurface;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.http.Request;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.NodeName;
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

    private Operators() {}

    static OperatorSurface surface(
            OperatorAccess access, Engine engine, ClusterControl control, Switchover switchover, AuditTrail audit) {
        Map<String, Page> acts = Map.of(
                "/pause",
                        act(
                                audit,
                                request -> "pause",
                                request ->
                                        told(control.pause(), "paused: no takeover begins", "it was paused already")),
                "/resume",
                        act(
                                audit,
                                request -> "resume",
                                request -> told(control.resume(), "resumed", "it was not paused")),
                "/switchover",
                        act(
                                audit,
                                request -> "switchover to "
                                        + request.parameter("to").orElse("nobody"),
                                request -> request.parameter("to")
                                        .map(to -> ended(switchover.run(new NodeName(to), stage -> {})))
                                        .orElseGet(() -> Reply.text(
                                                400, "to: missing: give the node that is to be the primary"))));
        Map<String, Page> pages = new LinkedHashMap<>(engine.pages());
        pages.put(
                "/acts",
                request -> Reply.json(200, "{\"allowed\":" + !access.token().isEmpty() + "}"));
        return new OperatorSurface(
                access.address(), access.tls(), access.token(), pages, acts, PATIENCE, engine.events());
    }

    /** Noted before it is done, since whoever does it may not live to note it, and afterwards with how it ended. */
    private static Page act(AuditTrail audit, Function<Request, String> what, Function<Request, Reply> act) {
        return request -> {
            String who = "operator with the token, from " + request.from();
            String why = request.parameter("reason").orElse("");
            audit.note(AuditEntry.Kind.OPERATOR, who, "asked for " + what.apply(request), why, "");
            Reply reply = answered(act, request);
            AuditEntry.Kind kind = reply.status() == 200 ? AuditEntry.Kind.OPERATOR : AuditEntry.Kind.REFUSAL;
            boolean noted =
                    audit.note(kind, who, what.apply(request), why, reply.body().strip());
            return noted
                    ? reply
                    : Reply.text(
                            reply.status(),
                            reply.body().strip() + " (not in the audit trail: the store did not answer)");
        };
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

    private static Reply told(boolean changed, String now, String before) {
        return Reply.text(200, changed ? now : before);
    }

    private static Reply ended(Switchover.Result result) {
        return Reply.text(result.done() ? 200 : 409, result.message());
    }
}
