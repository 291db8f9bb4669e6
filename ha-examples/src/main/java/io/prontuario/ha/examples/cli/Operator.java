package io.prontuario.ha.examples.cli;

import io.prontuario.ha.AuditTrail;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.spi.ClusterStore;
import java.net.InetAddress;
import java.net.UnknownHostException;

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

    /** Says so on stderr when it is not in the trail: what was asked for is done all the same. */
    static void note(ClusterStore store, AuditEntry.Kind kind, String what, String why, String evidence) {
        if (!AuditTrail.on(store).note(kind, name() + " by ha", what, why, evidence)) {
            System.err.println("ha: not in the audit trail, since the store did not answer: " + what);
        }
    }
}
