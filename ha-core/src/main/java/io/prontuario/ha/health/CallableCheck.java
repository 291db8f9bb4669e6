package io.prontuario.ha.health;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import java.util.concurrent.Callable;

/** Whatever a host application can ask in a line of its own: a model that is loaded, a queue that is short. */
public final class CallableCheck extends NamedCheck {
    private final Callable<Boolean> question;

    private CallableCheck(String name, Capability capability, Callable<Boolean> question) {
        super(name, capability);
        this.question = question;
    }

    /** Fails when the question is answered with false, throws, or is not answered within {@link #limit()}. */
    public static CallableCheck of(String name, Capability capability, Callable<Boolean> question) {
        return new CallableCheck(name, capability, question);
    }

    @Override
    public CheckResult check() throws Exception {
        return Boolean.TRUE.equals(question.call()) ? CheckResult.ok("yes") : CheckResult.failed("no");
    }
}
