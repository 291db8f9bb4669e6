package io.prontuario.ha.gcp;

import com.google.api.services.sqladmin.model.DatabaseInstance;
import com.google.api.services.sqladmin.model.Operation;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.Objects;

/** The Cloud SQL replica has become a primary. One way: Google has no way back but a new replica. */
record ReplicaStage(CloudSql sql, String replica) implements Stage {
    private static final Duration AGAIN = Duration.ofSeconds(2);

    @Override
    public String name() {
        return "replica";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        if (!memo.isEmpty()) {
            Operation operation = sql.operation(memo, deadline);
            if (!"DONE".equals(operation.getStatus())) {
                return promoting(operation);
            }
            if (operation.getError() != null) {
                return Outcome.refused("the promotion of " + replica + " failed: "
                        + Failures.cut(Objects.toString(operation.getError().getErrors(), ""))
                        + ": see operation " + memo + " in the console");
            }
        }
        DatabaseInstance instance = sql.instance(replica, deadline);
        String type = Objects.toString(instance.getInstanceType(), "");
        if (type.equals("CLOUD_SQL_INSTANCE")) {
            return Outcome.alreadySo(replica + " is a primary");
        }
        if (!type.equals("READ_REPLICA_INSTANCE")) {
            return Outcome.refused(replica + " is a " + type + ", no read replica: compare the setting 'replica'");
        }
        String state = Objects.toString(instance.getState(), "");
        if (!state.equals("RUNNABLE")) {
            // A promotion that somebody else began shows as maintenance.
            return Outcome.inProgress(replica + " is " + state, AGAIN);
        }
        return promoting(sql.promote(replica, deadline));
    }

    private Outcome promoting(Operation operation) {
        return Outcome.inProgress(
                        replica + " is being promoted; operation " + operation.getName() + " is "
                                + operation.getStatus(),
                        AGAIN)
                .withMemo(Objects.toString(operation.getName(), ""));
    }
}
