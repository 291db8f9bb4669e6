package io.prontuario.ha.examples.cli;

import io.prontuario.ha.AuditTrail;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.spi.ClusterStore;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Supplier;

/** Who sits at the command line, as far as the machine knows, and what he does, for the audit trail. */
final class Operator {
    private Operator() {}

    static String name() {
        String behind = System.getenv("SUDO_USER");
        String user = System.getProperty("user.name") + (behind == null ? "" : " (sudo by " + behind + ")");
        try {
            return user + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return user;
        }
    }

    /** Asks for something about an emergency; noted before, and afterwards with how it stands or why it was refused. */
    static Emergency noted(ClusterStore store, AuditEntry.Kind done, String what, Supplier<Emergency> act) {
        note(store, AuditEntry.Kind.OPERATOR, "asked for " + what, "", "");
        try {
            Emergency now = act.get();
            note(store, done, what, "", now.summary());
            return now;
        } catch (IllegalStateException e) {
            note(store, AuditEntry.Kind.REFUSAL, what, "", String.valueOf(e.getMessage()));
            throw e;
        }
    }

    /** Says so on stderr when it is not in the trail: what was asked for is done all the same. */
    static void note(ClusterStore store, AuditEntry.Kind kind, String what, String why, String evidence) {
        if (!AuditTrail.on(store).note(kind, name() + " by ha", what, why, evidence)) {
            System.err.println("ha: not in the audit trail, since the store did not answer: " + what);
        }
    }
}
