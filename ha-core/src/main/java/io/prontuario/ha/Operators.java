package io.prontuario.ha;

import io.prontuario.ha.engine.Engine;
import io.prontuario.ha.http.OperatorSurface;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.http.Request;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What people may do over HTTP, in words that HTTP has for how it ended. */
final class Operators {
    /** A switchover takes that long at the most, and a moment more to be told. */
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private Operators() {}

    static OperatorSurface surface(
            OperatorAccess access,
            Engine engine,
            ClusterControl control,
            EmergencyControl emergency,
            Switchover switchover) {
        Map<String, Page> acts = Map.of(
                "/approve", act(request -> asked(request, emergency::approve)),
                "/deny", act(request -> asked(request, emergency::deny)),
                "/failback", act(request -> asked(request, emergency::failback)),
                "/drill", act(request -> asked(request, emergency::rehearse)),
                "/declare",
                        act(request -> asked(
                                request,
                                by -> emergency.declare(Declaration.parse(
                                                request.parameter("token").orElse(""), by)
                                        .orElseThrow(() -> new IllegalArgumentException("token: missing or none: it"
                                                + " names the cluster and the epoch, EMERGENCY:cluster-id:epoch"))))),
                "/pause", act(request -> told(control.pause(), "paused: no takeover begins", "it was paused already")),
                "/resume", act(request -> told(control.resume(), "resumed", "it was not paused")),
                "/switchover",
                        act(request -> request.parameter("to")
                                .map(to -> ended(switchover.run(new NodeName(to), stage -> {})))
                                .orElseGet(() ->
                                        Reply.text(400, "to: missing: give the node that is to be the primary"))));
        return new OperatorSurface(
                access.address(), access.tls(), access.token(), engine.pages(), acts, PATIENCE, engine.events());
    }

    private static Page act(Function<Request, Reply> act) {
        return request -> {
            try {
                return act.apply(request);
            } catch (IllegalArgumentException e) {
                return Reply.text(400, Objects.toString(e.getMessage()));
            } catch (StoreUnavailableException e) {
                return Reply.text(503, Objects.toString(e.getMessage()));
            } catch (IllegalStateException e) {
                return Reply.text(409, Objects.toString(e.getMessage()));
            }
        };
    }

    /** Who asks is part of what is written; the token is shared. */
    private static Reply asked(Request request, Function<String, Emergency> act) {
        return request.parameter("by")
                .map(by -> Reply.text(200, act.apply(by).summary()))
                .orElseGet(() -> Reply.text(400, "by: missing: give the name of whoever asks for it"));
    }

    private static Reply told(boolean changed, String now, String before) {
        return Reply.text(200, changed ? now : before);
    }

    private static Reply ended(Switchover.Result result) {
        return Reply.text(result.done() ? 200 : 409, result.message());
    }
}
