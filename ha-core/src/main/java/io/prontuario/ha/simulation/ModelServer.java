package io.prontuario.ha.simulation;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server as the design relies on it. What is not said here is not modelled. Sources are the measured traps
 * ({@code docs/simulation.md} lists them by rule):
 *
 * <ul>
 *   <li>a standby acknowledges by position, whatever its log holds there (trap 1);
 *   <li>what a standby that was named for a moment has reported stays in the primary's memory ({@code WalSndCtl->lsn}), and commits below it
 *       wait for nobody;
 *   <li>names are not identities: each connection under a name counts (trap 3);
 *   <li>new names are shown at once, and obeyed when the checkpointer has handled them (trap 2); each walsender loads them by itself;
 *   <li>a statement acts although whoever sent it has gone (trap 4);
 *   <li>a crash makes commits that waited visible, and loses what was not flushed (trap 5);
 *   <li>a promotion takes the next timeline that this server knows nothing of (trap 0a), takes its time and cannot be called back;
 *   <li>a standby that has diverged streams for a moment at every try (trap 1).
 * </ul>
 */
final class ModelServer {
    private static final long MILLI = 1_000_000;
    private static final long RETRY = 200 * MILLI;
    private static final int PIECES = 25;
    private static final int DESCHEDULED = 1;
    private static final int STARVED = 30;
    private static final long KEEPALIVE = 1000 * MILLI;
    private static final long TIMEOUT = 5000 * MILLI;
    private static final Comparator<Walsender> BY_PRIORITY =
            Comparator.comparingInt(Walsender::priority).thenComparingLong(Walsender::pid);

    private final VirtualTime time;
    private final Network network;
    private final Chance chance;
    private final NodeName node;
    private final Map<NodeName, ModelServer> others;
    private final Watcher watcher;

    // On the disk.
    private @Nullable Copy copy;
    private Wal wal = new Wal();
    private boolean standbySignal;
    private String namesInFile = ServerNames.gate().setting();
    private @Nullable NodeName upstream;
    private final Set<Integer> reserved = new TreeSet<>();
    private boolean shutDown;
    private boolean wroteSinceFollowing;
    private long startedAt;

    // In memory.
    private Life process;
    private Condition condition = Condition.DOWN;
    private boolean recovering;
    private String namesLoaded = "";
    private boolean commitsWait;
    /** Up to here commits wait for nobody: the shared memory in which walsenders note it outlives their connections. */
    private int released;

    private int flushed;
    private int replayed;
    private boolean promoting;
    private boolean replayPaused;
    private final List<Commit> commits = new ArrayList<>();
    private final List<Walsender> senders = new ArrayList<>();
    private @Nullable Walsender receiving;
    private long heardAt;
    private long pids;
    private boolean changing;

    // The world's doing.
    private long slowUntil;
    private long busyUntil;
    private long starvedUntil;
    private long hungUntil;

    enum Condition {
        DOWN,
        STARTING,
        RUNNING,
        STOPPING
    }

    /** Told of what happens, for invariants. */
    interface Watcher {
        void acknowledged(ModelServer by, Wal.Entry commit);

        void namesChanged(ModelServer of);

        void destroyed(ModelServer where, Copy copy);

        void died(ModelServer server);

        long freshId();
    }

    /** A commit that has not been answered. */
    private static final class Commit {
        private final Wal.Entry entry;
        private final boolean local;
        private final Consumer<Boolean> answer;
        private final long since;
        private boolean waits;

        private Commit(Wal.Entry entry, boolean local, Consumer<Boolean> answer, long since) {
            this.entry = entry;
            this.local = local;
            this.answer = answer;
            this.since = since;
        }
    }

    /** A standby's connection. */
    static final class Walsender {
        private final ModelServer from;
        private final ModelServer to;
        private final Copy name;
        private final long pid;
        private boolean streaming;
        private int flush;
        private int priority;
        private int wanted;
        private boolean shipping;
        private boolean open = true;
        private long repliedAt;

        private Walsender(ModelServer from, ModelServer to, Copy name, long pid, long now) {
            this.from = from;
            this.to = to;
            this.name = name;
            this.pid = pid;
            this.repliedAt = now;
        }

        Copy name() {
            return name;
        }

        long pid() {
            return pid;
        }

        boolean streaming() {
            return streaming;
        }

        int flush() {
            return flush;
        }

        int priority() {
            return priority;
        }
    }

    ModelServer(
            VirtualTime time,
            Network network,
            Chance chance,
            NodeName node,
            Map<NodeName, ModelServer> others,
            Watcher watcher) {
        this.time = time;
        this.network = network;
        this.chance = chance;
        this.node = node;
        this.others = others;
        this.watcher = watcher;
        this.process = new Life("server of " + node);
    }

    /** One for each time that it runs. */
    Life life() {
        return process;
    }

    NodeName node() {
        return node;
    }

    String host() {
        return node.value();
    }

    @Nullable
    Copy copy() {
        return copy;
    }

    Wal wal() {
        return wal;
    }

    boolean running() {
        return condition == Condition.RUNNING;
    }

    Condition condition() {
        return condition;
    }

    boolean down() {
        return condition == Condition.DOWN;
    }

    boolean inRecovery() {
        return running() && recovering;
    }

    boolean runsAsPrimary() {
        return running() && !recovering;
    }

    boolean standbySignal() {
        return standbySignal;
    }

    boolean hung() {
        return hungUntil > time.now();
    }

    boolean hangsNowOr(long before) {
        return hungUntil > before;
    }

    String namesInFile() {
        return namesInFile;
    }

    String namesLoaded() {
        return running() ? namesLoaded : namesInFile;
    }

    boolean commitsWait() {
        return commitsWait;
    }

    int flushed() {
        return flushed;
    }

    int replayed() {
        return replayed;
    }

    List<Walsender> senders() {
        return List.copyOf(senders);
    }

    @Nullable
    NodeName upstream() {
        return upstream;
    }

    boolean receives() {
        return receiving != null;
    }

    long heardAgo() {
        return time.now() - heardAt;
    }

    boolean shutDownCleanly() {
        return down() && shutDown && !standbySignal;
    }

    /** When it last began to start. */
    long startedAt() {
        return startedAt;
    }

    boolean wroteSinceFollowing() {
        return wroteSinceFollowing;
    }

    boolean replayPaused() {
        return replayPaused;
    }

    void pauseReplay(boolean wanted) {
        replayPaused = wanted;
        if (!wanted) {
            replayed = flushed;
        }
    }

    /** Commits that wait for a standby. */
    long waiting() {
        long number = 0;
        for (Commit commit : commits) {
            number += commit.waits ? 1 : 0;
        }
        return number;
    }

    long longestWait() {
        long longest = 0;
        for (Commit commit : commits) {
            longest = Math.max(longest, commit.waits ? time.now() - commit.since : 0);
        }
        return longest;
    }

    boolean waits(Wal.Entry entry) {
        for (Commit commit : commits) {
            if (commit.waits && commit.entry.equals(entry)) {
                return true;
            }
        }
        return false;
    }

    // ---- what the world does

    void slowDisk(long until) {
        slowUntil = until;
    }

    void busyCheckpointer(long until) {
        busyUntil = until;
    }

    /** Its backends lose the processor for long, where they do. */
    void starve(long until) {
        starvedUntil = until;
    }

    void hang(long until) {
        if (condition != Condition.DOWN) {
            hungUntil = until;
            process.stopUntil(until);
        }
    }

    void heal() {
        slowUntil = 0;
        busyUntil = 0;
        starvedUntil = 0;
    }

    private long disk() {
        return slowUntil > time.now()
                ? chance.between(50 * MILLI, 2000 * MILLI)
                : chance.between(MILLI / 4, 3 * MILLI / 2);
    }

    /** It is gone from one moment to the next. What was not flushed is lost, who waited never hears. */
    void crash() {
        if (condition == Condition.DOWN) {
            return;
        }
        wal.truncate(flushed);
        gone(false);
        watcher.died(this);
    }

    private void gone(boolean cleanly) {
        condition = Condition.DOWN;
        shutDown = cleanly;
        hungUntil = 0;
        promoting = false;
        commitsWait = false;
        replayPaused = false;
        changing = false;
        time.kill(process);
        process = new Life("server of " + node);
        List<Commit> unanswered = List.copyOf(commits);
        commits.clear();
        unanswered.forEach(commit -> commit.answer.accept(false));
        List.copyOf(senders).forEach(this::disconnect);
        Walsender mine = receiving;
        receiving = null;
        if (mine != null) {
            // The other side's kernel is told, if it can be reached; else it finds out by its time-out.
            network.send(host(), mine.from.host(), mine.from.process, () -> mine.from.disconnect(mine));
        }
    }

    // ---- what its agent does

    /** A first data directory. */
    void create(Copy first, Wal content, boolean standby, @Nullable NodeName follows) {
        copy = first;
        wal = content;
        flushed = content.end();
        standbySignal = standby;
        upstream = follows;
    }

    void writeNames(ServerNames names) {
        namesInFile = names.setting();
        watcher.namesChanged(this);
    }

    void follow(Copy as, NodeName other) {
        copy = as;
        upstream = other;
        standbySignal = true;
        wroteSinceFollowing = false;
        writeNames(ServerNames.gate());
    }

    void removeStandbySignal() {
        standbySignal = false;
    }

    /** Before the first destructive byte its id goes. */
    void forgetCopy() {
        Copy old = copy;
        copy = null;
        if (old != null) {
            watcher.destroyed(this, old);
        }
    }

    /** Becomes a copy of another's log. */
    void copyFrom(Wal source) {
        wal = source;
        flushed = source.end();
        replayed = flushed;
        reserved.clear();
        shutDown = false;
        wroteSinceFollowing = false;
    }

    /** Begins to start, whether or not anybody waits for it; recovery takes its time. */
    void start() {
        condition = Condition.STARTING;
        startedAt = time.now();
        shutDown = false;
        time.after(process, chance.between(100 * MILLI, 600 * MILLI) + disk(), this::started);
    }

    private void started() {
        if (condition != Condition.STARTING) {
            return;
        }
        condition = Condition.RUNNING;
        recovering = standbySignal;
        namesLoaded = namesInFile;
        commitsWait = !namesLoaded.isEmpty();
        released = 0;
        replayed = wal.end();
        flushed = wal.end();
        heardAt = time.now();
        if (recovering) {
            connect();
        } else {
            wroteSinceFollowing = true;
        }
        keepalive();
        watcher.namesChanged(this);
    }

    /** Whether a stop in order would wait for a standby that does not take the last log. */
    boolean heldUp() {
        return hung() || senders.stream().anyMatch(sender -> sender.streaming && !listens(sender));
    }

    private boolean listens(Walsender sender) {
        return network.bothWays(host(), sender.to.host()) && !sender.to.hung() && sender.to.receiving == sender;
    }

    /** Ends in order, with a shutdown checkpoint that every standby gets first that is there. */
    void stopCleanly() {
        if (running() && !recovering) {
            wal.write(watcher.freshId(), "shutdown checkpoint");
            flushed = wal.end();
            senders.stream().filter(this::listens).forEach(sender -> sender.to.takeAll(this, sender));
        }
        gone(true);
    }

    private void takeAll(ModelServer source, Walsender sender) {
        if (receiving == sender) {
            for (int position = wal.end(); position < source.flushed; position++) {
                wal.receive(source.wal.get(position));
            }
            flushed = wal.end();
            replayed = replayPaused ? replayed : flushed;
        }
    }

    /** Writes the names into the file and tells everybody; acts even when whoever asked for it is gone. Answers whether it is begun. */
    boolean alterNames(ServerNames wanted, Runnable done) {
        if (changing) {
            return false;
        }
        changing = true;
        time.after(process, disk(), () -> {
            changing = false;
            writeNames(wanted);
            reload();
            done.run();
        });
        return true;
    }

    private void reload() {
        namesLoaded = namesInFile;
        watcher.namesChanged(this);
        for (Walsender sender : senders) {
            time.after(process, chance.between(MILLI / 10, 5 * MILLI), () -> load(sender));
        }
        long handled = busyUntil > time.now()
                ? chance.between(100 * MILLI, 3000 * MILLI)
                : chance.between(MILLI / 2, 10 * MILLI);
        time.after(process, handled, this::checkpointerLoads);
    }

    private void checkpointerLoads() {
        commitsWait = !namesLoaded.isEmpty();
        if (!commitsWait) {
            releaseTo(Integer.MAX_VALUE);
        }
    }

    private void load(Walsender sender) {
        List<String> names = names();
        sender.wanted = names.size();
        sender.priority = names.indexOf(sender.name.applicationName()) + 1;
        release(sender);
    }

    private List<String> names() {
        return ServerNames.understood(namesLoaded)
                .map(names -> {
                    List<String> all = new ArrayList<>();
                    if (names.gated()) {
                        all.add("#gate");
                    }
                    names.copies().forEach(one -> all.add(one.applicationName()));
                    return all;
                })
                .orElse(new ArrayList<>());
    }

    // ---- commits

    /** A transaction of one record commits. The answer is true when it was acknowledged, false when the connection broke first. */
    Wal.@Nullable Entry commit(String what, boolean local, Consumer<Boolean> answer) {
        if (!runsAsPrimary()) {
            answer.accept(false);
            return null;
        }
        Wal.Entry entry = wal.write(watcher.freshId(), what);
        Commit commit = new Commit(entry, local, answer, time.now());
        commits.add(commit);
        time.after(process, disk(), () -> flushed(commit));
        return entry;
    }

    private void flushed(Commit commit) {
        flushed = Math.max(flushed, commit.entry.position() + 1);
        replayed = flushed;
        senders.forEach(this::ship);
        boolean starved = starvedUntil > time.now();
        if (!commit.local && chance.percent(starved ? STARVED : DESCHEDULED)) {
            time.after(process, chance.between(0, (starved ? 1500 : 200) * MILLI), () -> asks(commit));
        } else {
            asks(commit);
        }
    }

    /** Whether it has to wait a backend asks only once it has flushed, and it may have lost the processor in between. */
    private void asks(Commit commit) {
        if (!commits.contains(commit)) {
            return;
        }
        if (commit.local || !commitsWait || commit.entry.position() < released) {
            answer(commit);
        } else {
            commit.waits = true;
        }
    }

    private void answer(Commit commit) {
        commits.remove(commit);
        if (!commit.local) {
            watcher.acknowledged(this, commit.entry);
        }
        commit.answer.accept(true);
    }

    /** A walsender has heard of a flush, and releases whoever waited for it, by the list that it has loaded itself. */
    private void release(Walsender by) {
        if (by.priority == 0 || !by.streaming) {
            return;
        }
        List<Walsender> synchronous = new ArrayList<>();
        for (Walsender sender : senders) {
            if (sender.streaming && sender.priority > 0) {
                synchronous.add(sender);
            }
        }
        if (synchronous.size() < by.wanted) {
            return;
        }
        synchronous.sort(BY_PRIORITY);
        List<Walsender> asked = synchronous.subList(0, by.wanted);
        if (!asked.contains(by)) {
            return;
        }
        int least = Integer.MAX_VALUE;
        for (Walsender sender : asked) {
            least = Math.min(least, sender.flush);
        }
        released = Math.max(released, least);
        releaseTo(released);
    }

    private void releaseTo(int position) {
        if (commits.isEmpty()) {
            return;
        }
        for (Commit commit : List.copyOf(commits)) {
            if (commit.waits && commit.entry.position() < position) {
                answer(commit);
            }
        }
    }

    /** Ends whoever waits for this record; it stays committed here, and whoever waited hears nothing good. */
    void cancel(Wal.Entry entry) {
        commits.removeIf(commit -> commit.entry.equals(entry));
    }

    // ---- streaming

    private void connect() {
        ModelServer source = upstream == null ? null : others.get(upstream);
        if (!inRecovery()) {
            return;
        }
        time.after(process, RETRY, this::connect);
        if (receiving != null && time.now() - heardAt > TIMEOUT) {
            receiving = null;
        }
        if (receiving != null || source == null || copy == null || !network.bothWays(host(), source.host())) {
            return;
        }
        Copy as = copy;
        Life asks = process;
        network.send(host(), source.host(), source.process, () -> source.accept(this, as, asks));
    }

    private void accept(ModelServer standby, Copy as, Life asks) {
        if (!runsAsPrimary() || hung()) {
            return;
        }
        // A connection takes several messages. Whoever asked for it long ago, of one that hung, is not there to answer
        // any more.
        if (asks.dead() || !standby.inRecovery()) {
            return;
        }
        Walsender sender = new Walsender(this, standby, as, ++pids, time.now());
        int from = standby.wal.end();
        boolean diverged = from > wal.endOf(standby.wal.timeline());
        if (!diverged && from > flushed) {
            // "requested starting point is ahead of the WAL flush position of this server".
            return;
        }
        senders.add(sender);
        load(sender);
        sender.streaming = true;
        sender.flush = from;
        if (diverged) {
            // It passes through streaming, and says what it holds, before the end of its timeline is noticed.
            release(sender);
            time.after(process, chance.between(MILLI, 5 * MILLI), () -> disconnect(sender));
            return;
        }
        network.send(host(), standby.host(), standby.process, () -> standby.accepted(sender));
    }

    private void accepted(Walsender sender) {
        if (!inRecovery() || receiving != null || !sender.open || wal.end() != sender.flush) {
            network.send(host(), sender.from.host(), sender.from.process, () -> sender.from.disconnect(sender));
            return;
        }
        receiving = sender;
        heardAt = time.now();
        network.send(host(), sender.from.host(), sender.from.process, () -> {
            sender.from.replied(sender, sender.flush);
            sender.from.ship(sender);
        });
    }

    private void disconnect(Walsender sender) {
        sender.open = false;
        sender.streaming = false;
        senders.remove(sender);
        if (sender.to.receiving == sender) {
            network.send(host(), sender.to.host(), sender.to.process, () -> {
                if (sender.to.receiving == sender) {
                    sender.to.receiving = null;
                }
            });
        }
    }

    /** Ends a connection, as {@code pg_terminate_backend} does. */
    void terminate(Walsender sender) {
        if (senders.contains(sender)) {
            disconnect(sender);
        }
    }

    private void ship(Walsender sender) {
        if (!sender.open || sender.shipping) {
            return;
        }
        // The log is a stream of bytes: where one packet ends has nothing to do with where a transaction does.
        boolean inPieces = sender.flush + 1 < flushed && chance.percent(PIECES);
        int upTo = inPieces ? (int) chance.between(sender.flush + 1, flushed - 1) : flushed;
        sender.shipping = true;
        network.send(host(), sender.to.host(), sender.to.process, () -> sender.to.receive(sender, upTo));
    }

    private void receive(Walsender sender, int upTo) {
        if (receiving != sender) {
            return;
        }
        heardAt = time.now();
        time.after(process, wal.end() < upTo ? disk() : 0, () -> {
            if (receiving != sender) {
                return;
            }
            // Only what the other still has: it may have been replaced meanwhile.
            for (int position = wal.end(); position < Math.min(upTo, sender.from.wal.end()); position++) {
                wal.receive(sender.from.wal.get(position));
            }
            flushed = wal.end();
            replayed = replayPaused ? replayed : flushed;
            int flush = flushed;
            network.send(host(), sender.from.host(), sender.from.process, () -> sender.from.replied(sender, flush));
        });
    }

    private void replied(Walsender sender, int flush) {
        if (!sender.open) {
            return;
        }
        sender.shipping = false;
        sender.repliedAt = time.now();
        sender.flush = flush;
        release(sender);
        if (flush < flushed) {
            ship(sender);
        }
    }

    private void keepalive() {
        if (!running()) {
            return;
        }
        time.after(process, KEEPALIVE, this::keepalive);
        for (Walsender sender : List.copyOf(senders)) {
            if (time.now() - sender.repliedAt > TIMEOUT) {
                disconnect(sender);
            } else {
                // Also what got lost on its way is sent again.
                sender.shipping = false;
                ship(sender);
            }
        }
    }

    // ---- promotion

    /** Keeps these ids from being taken by a promotion here: a {@code .history} file of each is put beside the log. */
    void reserve(int timeline) {
        reserved.add(timeline);
    }

    /** Begins a promotion, which cannot be called back. */
    void promote() {
        if (!inRecovery() || promoting) {
            return;
        }
        promoting = true;
        long takes = chance.percent(3)
                ? chance.between(2000 * MILLI, 15_000 * MILLI)
                : chance.between(5 * MILLI, 60 * MILLI);
        time.after(process, takes + disk(), this::promoted);
    }

    private void promoted() {
        if (!inRecovery()) {
            return;
        }
        Walsender mine = receiving;
        receiving = null;
        if (mine != null) {
            network.send(host(), mine.from.host(), mine.from.process, () -> mine.from.disconnect(mine));
        }
        int next = wal.timeline() + 1;
        while (reserved.contains(next)) {
            next++;
        }
        wal.switchTo(next);
        wal.write(watcher.freshId(), "end of recovery");
        flushed = wal.end();
        replayed = flushed;
        recovering = false;
        promoting = false;
        standbySignal = false;
        replayPaused = false;
        wroteSinceFollowing = true;
        watcher.namesChanged(this);
    }
}
