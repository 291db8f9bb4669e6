package io.prontuario.ha.postgres;

import io.prontuario.ha.simulation.TwoServers;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;

/** A real primary and its standby. */
final class RealPair implements TwoServers {
    private final PostgresLab lab;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, PendingCommit> commits = new HashMap<>();
    private LabServer primary;
    private LabServer standby;
    private long checkpointer;

    RealPair(PostgresLab lab) {
        this.lab = lab;
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        standby.awaitCaughtUpWith(primary);
    }

    private static boolean comes(String what, Callable<Boolean> so) {
        try {
            LabServer.await(what).until(so);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    @Override
    public void commit(String row) {
        int number = numbers.size() + 1;
        numbers.put(row, number);
        commits.put(row, primary.commitInBackground("insert into lab_entry values (" + number + ", '" + row + "')"));
    }

    private PendingCommit pending(String row) {
        PendingCommit commit = commits.get(row);
        if (commit == null) {
            throw new IllegalStateException("nobody has committed " + row);
        }
        return commit;
    }

    @Override
    public boolean comesToBeAcknowledged(String row) {
        return comes(row + " is acknowledged", () -> isAcknowledged(row));
    }

    @Override
    public boolean isAcknowledged(String row) {
        return pending(row).acknowledged();
    }

    @Override
    public boolean comesToWait(String row) {
        return comes(row + " waits", () -> pending(row).waits(primary));
    }

    @Override
    public void cancel(String row) {
        primary.value("select pg_cancel_backend(" + pending(row).pid() + ")");
        comes(row + " is answered", () -> pending(row).answered());
    }

    private boolean has(LabServer server, String row) {
        return server.value("select count(*) from lab_entry where id = " + numbers.get(row))
                .equals("1");
    }

    @Override
    public boolean isOnPrimary(String row) {
        return has(primary, row);
    }

    @Override
    public boolean comesToStandby(String row) {
        return comes(row + " is on the standby", () -> isOnStandby(row));
    }

    @Override
    public boolean isOnStandby(String row) {
        return has(standby, row);
    }

    @Override
    public void waitForNobody() {
        primary.namesInForce("");
    }

    @Override
    public void nameStandby() {
        primary.names(LabServer.waitingFor(standby));
    }

    @Override
    public void waitForStandby() {
        primary.namesInForce(LabServer.waitingFor(standby));
    }

    @Override
    public void stopCheckpointer() {
        checkpointer = primary.pidOf("checkpointer");
        primary.freeze(checkpointer);
    }

    @Override
    public void letCheckpointerGoOn() {
        primary.thaw(checkpointer);
        primary.execute("checkpoint");
    }

    @Override
    public void stopStandby() {
        standby.freeze();
    }

    @Override
    public void letStandbyGoOn() {
        standby.thaw();
    }

    @Override
    public void cutStandbyOff() {
        standby.cutOffFromUpstream();
    }

    @Override
    public void writeWhatNobodyGets() {
        primary.commitInBackground(
                        "insert into lab_entry select 100000 + i, repeat('z', 500) from generate_series(1, 20000) i")
                .awaitWaiting(primary);
    }

    @Override
    public void crashPrimary() {
        primary.loseHost();
        primary.start();
    }

    @Override
    public int takeOver(int... taken) {
        primary.loseHost();
        for (int timeline : taken) {
            Durable.write(
                    standby.data().resolve("pg_wal").resolve(TimelineHistory.fileName(timeline)),
                    "",
                    lab.installation());
        }
        standby.promoteNaively();
        LabServer former = primary;
        primary = standby;
        standby = former;
        return primary.timeline();
    }

    @Override
    public void followUnrewound() {
        standby.becomeStandbyUnrewound(primary);
    }

    @Override
    public void loseStandby() {
        standby.loseHost();
        comes(
                "the stream has ended",
                () -> primary.value("select count(*) from pg_stat_replication").equals("0"));
    }

    @Override
    public String toString() {
        return "PostgreSQL";
    }
}
