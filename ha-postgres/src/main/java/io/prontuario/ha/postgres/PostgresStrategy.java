package io.prontuario.ha.postgres;

import io.prontuario.ha.model.AdoptionPlan;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * PostgreSQL as the authoritative data of a cluster: the one strategy with {@link SyncControl}. On a witness it has no server and only
 * looks at those of others.
 *
 * <p>Traffic is not its business: {@link #isolate} and {@link #enable} confirm what the record and the names already make so.
 */
public final class PostgresStrategy implements FailoverStrategy {
    private final PostgresSettings settings;
    private @Nullable LocalServer local;
    private @Nullable RemoteProbe probe;

    private PostgresStrategy(PostgresSettings settings) {
        this.settings = settings;
    }

    /**
     * A strategy on these settings; connects to nothing before it is started.
     *
     * @throws PostgresException when programs are missing or of an unsupported version, naming the next move
     */
    public static PostgresStrategy of(PostgresSettings settings) {
        if (settings.hasServer()) {
            installation(settings);
        }
        return new PostgresStrategy(settings);
    }

    private static PostgresInstallation installation(PostgresSettings settings) {
        Path binaries = settings.binaries() != null
                ? settings.binaries()
                : PostgresInstallation.find()
                        .orElseThrow(() -> new PostgresException(
                                "no PostgreSQL server programs found: install them (apt-get install postgresql, or brew install"
                                        + " postgresql@15) or set postgres.binaries"));
        return PostgresInstallation.at(binaries, settings.account());
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public Layer layer() {
        return Layer.DATA;
    }

    @Override
    public Placement placement() {
        return Placement.NODE;
    }

    @Override
    public void start(StrategyContext context) {
        RemoteProbe watching =
                new RemoteProbe(context.self(), settings.servers(), settings.credentials(), context.ticker());
        watching.start();
        probe = watching;
        if (settings.hasServer()) {
            LocalServer server = new LocalServer(settings, installation(settings), context);
            server.start();
            local = server;
        }
    }

    @Override
    public List<Sighting> sightings(NodeName target) {
        List<Sighting> all = new ArrayList<>();
        RemoteProbe watching = probe;
        if (watching != null && !target.equals(settings.self())) {
            all.add(watching.sighting(target));
        }
        LocalServer server = local;
        PostgresAddress address = settings.servers().get(target);
        if (server != null && address != null && !target.equals(settings.self())) {
            Receiver receiver = server.status().receiver();
            // A receiver of another upstream, or none, says nothing about this target.
            if (receiver != null && receiver.upstream().equals(address.toString())) {
                all.add(new Sighting(
                        settings.self(),
                        target,
                        "receiver",
                        receiver.streaming() ? Answer.REACHED : Answer.UNREACHED,
                        receiver.lastMessageAge()));
            }
        }
        return all;
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return Outcome.alreadySo(
                "the record names another primary: " + request.step().target() + " acknowledges nothing");
    }

    @Override
    public Outcome enable(StepRequest request) {
        return Outcome.alreadySo(request.step().target() + " was promoted and opened by its own agent");
    }

    @Override
    public Optional<SyncControl> syncControl() {
        return Optional.ofNullable(local);
    }

    @Override
    public void close() {
        RemoteProbe watching = probe;
        if (watching != null) {
            watching.close();
        }
        LocalServer server = local;
        if (server != null) {
            server.close();
        }
    }

    /** The server of this node. */
    private static final class LocalServer implements SyncControl, AutoCloseable {
        private final PostgresSettings settings;
        private final PostgresServer server;
        private final CopyIdentity identity;
        private final NamesSession names;
        private final NamesDiscipline discipline;
        private final Certification certification;
        private final Promotion promotion;
        private final SettingsUpkeep upkeep;
        private final Rejoin rejoin;
        private final RightfulStart rightful;
        private final CleanStop cleanStop;
        private final VitalSettings vital;
        private final Adoption adoption;
        private final LocalObserver observer;
        private final ExecutorService background;
        private final AgentLock lock;
        private final SlotUpkeep slots;
        /** Once may be an accident. */
        private static final int MOST_ENDS = 2;

        private @Nullable Connection session;
        /** The server's life in which the session was made. */
        private OptionalLong life = OptionalLong.empty();
        /** The process on the other end of the session, and the one that was left waiting by the session before. */
        private int backend;

        private int abandoned;
        /** How often the server has ended during promotions for that epoch. */
        private int ends;

        private long endsEpoch;

        LocalServer(PostgresSettings settings, PostgresInstallation installation, StrategyContext context) {
            this.settings = settings;
            Path data = Objects.requireNonNull(settings.data());
            Path state = data.resolveSibling(data.getFileName() + ".ha");
            PostgresAddress address = Objects.requireNonNull(settings.servers().get(settings.self()));
            this.server =
                    new PostgresServer(installation, data, state, address, settings.credentials(), context.ticker());
            this.lock = AgentLock.take(state, installation);
            this.identity = new CopyIdentity(settings.self(), state, installation, new SecureRandom());
            this.names = new NamesSession(server, context.ticker());
            this.discipline = new NamesDiscipline(context.ticker());
            this.background = Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task, "prontuario-postgres");
                thread.setDaemon(true);
                return thread;
            });
            this.certification = new Certification(
                    server, names, background, context.ticker(), EnumSet.allOf(Certification.Guard.class));
            this.promotion = new Promotion(server, names, context.ticker());
            this.upkeep = new SettingsUpkeep(server, settings.managed().values());
            this.slots = new SlotUpkeep(settings.self(), settings.servers(), context.ticker());
            this.rejoin = new Rejoin(server, identity, upkeep, StandbySlot.of(settings.self(), settings.servers()));
            this.rightful = new RightfulStart(settings.servers(), settings.credentials(), rejoin);
            this.cleanStop = new CleanStop(server, context.ticker());
            this.adoption = new Adoption(
                    server, identity, names, context.ticker(), StandbySlot.of(settings.self(), settings.servers()));
            this.vital = new VitalSettings(server, context.ticker());
            this.observer = new LocalObserver(
                    server, settings.servers(), identity, cleanStop, vital, context.ticker(), context.wake());
        }

        void start() {
            observer.start();
        }

        @Override
        public DataStatus status() {
            DataStatus seen = observer.latest();
            String copying = server.copying();
            // Nothing is decided by it: what a server says that is not down may be.
            return copying.isEmpty() || seen.condition() != ServerCondition.DOWN ? seen : seen.withDetail(copying);
        }

        @Override
        public int heldTimeline() {
            DataStatus status = status();
            int seen = status.timeline();
            // Not known of a server that was down when the agent started; and a standby without a stream says where it
            // was.
            boolean known = seen > 0 && (status.mode() == ServerMode.PRIMARY || status.receiver() != null);
            try {
                return known || !server.exists() ? seen : OwnTimeline.of(server);
            } catch (RuntimeException e) {
                // Such as a directory that is being replaced: its timeline is not known now.
                return 0;
            }
        }

        @Override
        public void keepReady(Duration limit) {
            if (!status().runsAs(ServerMode.PRIMARY) && !status().runsAs(ServerMode.STANDBY)) {
                return;
            }
            try {
                promotion.keepReady(session(limit), limit);
                upkeep.keep(session(limit));
                slots.keep(session(limit), status().runsAs(ServerMode.PRIMARY));
            } catch (SQLException e) {
                // The act that needs it will say so.
                dropSession();
            }
        }

        @Override
        public Outcome initialise(Copy copy, Duration limit) {
            return act("initdb", () -> {
                if (identity.inPieces()) {
                    // A former init was interrupted; nothing was ever acknowledged here.
                    Durable.empty(server.data());
                }
                if (server.exists()) {
                    return identity.read().filter(copy::equals).isPresent()
                            ? Outcome.alreadySo(server.data() + " is " + copy)
                            : Outcome.refused(server.data() + " is not empty and is not " + copy
                                    + ": what is there is not taken over; point postgres.data at an empty directory");
                }
                identity.forget();
                server.initialise(settings.managed());
                identity.adopt(copy);
                return Outcome.done("created " + server.data());
            });
        }

        @Override
        public AdoptionPlan adoption(@Nullable ClusterState state, Duration limit) {
            try {
                return adoption.plan(upstreamOrNull(state), session(limit));
            } catch (SQLException e) {
                abandonSession();
                return AdoptionPlan.impossible(
                        "the server on " + server.address() + " answers "
                                + settings.credentials().user(),
                        String.valueOf(e.getMessage()));
            }
        }

        private @Nullable PostgresAddress upstreamOrNull(@Nullable ClusterState state) {
            return state == null || state.primary().node().equals(settings.self()) ? null : upstream(state);
        }

        @Override
        public Outcome adopt(ClusterState state, Copy copy, Duration limit) {
            return act("taking over", () -> {
                PostgresAddress primary = upstreamOrNull(state);
                return primary == null
                        ? adoption.primary(copy, session(limit))
                        : adoption.standby(copy, primary, session(limit), limit);
            });
        }

        @Override
        public Outcome start(StartMode mode, ClusterState state, Duration limit) {
            return act("starting the server", () -> {
                if (server.pid().isPresent()) {
                    return Outcome.alreadySo("it runs already");
                }
                if (!server.exists() || identity.read().isEmpty()) {
                    return Outcome.refused("there is no usable data in " + server.data());
                }
                switch (mode) {
                    case PRIMARY_BEHIND_GATE -> {
                        Optional<String> refusal = rightful.refusal(state);
                        if (refusal.isPresent()) {
                            return Outcome.refused(refusal.get());
                        }
                        // A backend that outlived its postmaster may still have names to write into the file.
                        server.endOrphans(limit);
                        shutGate();
                        server.standbySignal(false);
                    }
                    case STANDBY -> {
                        return rejoin.asItIs(upstream(state), state.systemIdentifier());
                    }
                    case AS_IT_WAS -> server.endOrphans(limit);
                }
                server.start(limit);
                return Outcome.done("started on " + server.address());
            });
        }

        /** In the file of a stopped server. A gate whose commits do not wait is none. */
        private void shutGate() {
            Map<String, String> all = new LinkedHashMap<>(VitalSettings.corrections(server.autoConf()));
            all.put(AutoConf.NAMES, ServerNames.gate().setting());
            server.autoConf().set(all);
        }

        @Override
        public Outcome stop(boolean deposed, Duration limit) {
            return act("stopping the server", () -> {
                if (server.pid().isEmpty()) {
                    return Outcome.alreadySo("it does not run");
                }
                if (deposed) {
                    rejoin.end();
                    return Outcome.done("stopped");
                }
                if (server.stop(false, limit)) {
                    return Outcome.done("stopped");
                }
                return Outcome.unknown("it has not stopped within " + limit.toMillis() + " ms");
            });
        }

        @Override
        public Outcome prepareStop(ClusterState state, Duration limit) {
            List<String> certified =
                    state.inSync().stream().map(Copy::applicationName).toList();
            return attempt("preparing to stop", () -> cleanStop.prepare(session(limit), certified));
        }

        @Override
        public Outcome stopCleanly(ClusterState state, Duration limit) {
            return act("stopping the server", () -> cleanStop.run(limit));
        }

        @Override
        public void attend(Duration limit) {
            observer.attend(limit);
        }

        @Override
        public Outcome promote(ClusterState state, Duration limit) {
            Outcome promoted = attempt("promoting", () -> {
                if (identity.read().filter(state.primary()::equals).isEmpty()) {
                    return Outcome.refused("the record nominates " + state.primary() + ", the data here is "
                            + identity.read().map(Copy::toString).orElse("in pieces"));
                }
                if (server.pid().isEmpty()) {
                    if (!server.standbySignal()) {
                        server.endOrphans(limit);
                        shutGate();
                    }
                    try {
                        server.start(limit);
                    } catch (PostgresException e) {
                        if (server.pid().isPresent()) {
                            throw e;
                        }
                        // It ended by itself, and would again: another heir need not wait for it.
                        return Outcome.refused(Objects.requireNonNull(e.getMessage()));
                    }
                }
                if (!status().hazards().isEmpty()) {
                    // Its first commits go by these.
                    vital.putRight(limit);
                }
                return promotion.promote(state, session(limit), limit, observer::promotedTo);
            });
            if (!promoted.holds()) {
                observer.refresh();
            }
            return promoted.kind() == Outcome.Kind.UNKNOWN && endedAgain(state.epoch())
                    ? Outcome.refused("its server has ended " + MOST_ENDS + " times while it was promoted: see "
                            + server.state().resolve("postgres.log"))
                    : promoted;
        }

        /** It starts as a standby and ends as soon as it is promoted, such as with a full disk: it would do so for ever. */
        private boolean endedAgain(long epoch) {
            if (!observer.latest().condition().equals(ServerCondition.DOWN)) {
                return false;
            }
            ends = epoch == endsEpoch ? ends + 1 : 1;
            endsEpoch = epoch;
            return ends >= MOST_ENDS;
        }

        @Override
        public Outcome open(ClusterState state, ServerNames wanted, Duration limit) {
            // Nothing but the names changes here, and those are known: a new observation need not be waited for.
            return attempt("opening", () -> {
                Outcome opened = promotion.open(state, wanted, session(limit), limit);
                observer.namesAre(wanted.setting());
                return opened;
            });
        }

        @Override
        public Outcome mendSettings(Duration limit) {
            return act("putting settings right", () -> vital.mend(limit));
        }

        @Override
        public Outcome setNames(ServerNames wanted, Duration limit) {
            return act("changing names", () -> {
                names.set(wanted, limit);
                return Outcome.done("names are '" + wanted.setting() + "'");
            });
        }

        @Override
        public Outcome prove(ClusterState state, Copy standby, ServerNames wanted, Duration limit) {
            PostgresAddress at = settings.servers().get(standby.node());
            return at == null
                    ? Outcome.refused("no address of " + standby.node() + " is configured: add it to servers")
                    : act("proving " + standby, () -> certification.prove(standby, at, wanted, limit));
        }

        @Override
        public Outcome stillProven(Copy standby, Duration limit) {
            return act("looking at " + standby, () -> certification.stillProven(standby, limit));
        }

        @Override
        public Outcome rejoin(ClusterState state, Supplier<Outcome> consent, Duration limit) {
            return act(
                    "rejoining",
                    () -> identity.read().filter(state.condemned()::contains).isPresent()
                            ? rejoin.afresh(upstream(state), state.systemIdentifier(), consent)
                            : rejoin.run(upstream(state), state.systemIdentifier(), consent));
        }

        @Override
        public Outcome disciplineNames(ClusterState state, Duration limit) {
            return act("looking at connections", () -> discipline.keepNewest(session(limit)));
        }

        private PostgresAddress upstream(ClusterState state) {
            PostgresAddress address = settings.servers().get(state.primary().node());
            if (address == null) {
                throw new PostgresException(
                        "no address of " + state.primary().node() + " is configured: add it to servers");
            }
            return address;
        }

        /** One act at a time; whatever it did, the observation is fresh when it returns. */
        private Outcome act(String what, Act act) {
            try {
                return attempt(what, act);
            } finally {
                observer.refresh();
            }
        }

        private Outcome attempt(String what, Act act) {
            try {
                return act.run();
            } catch (SQLException e) {
                abandonSession();
                return Outcome.unknown(what + ": " + e.getMessage());
            } catch (IOException | UncheckedIOException e) {
                return Outcome.retry(what + ": " + e, Duration.ofSeconds(1));
            } catch (PostgresException e) {
                return Outcome.retry(what + ": " + e.getMessage(), Duration.ofSeconds(1));
            }
        }

        private Connection session(Duration limit) throws SQLException {
            Connection present = session;
            OptionalLong now = server.pid();
            if (present == null || present.isClosed() || !now.equals(life)) {
                dropSession();
                if (!now.equals(life)) {
                    // That process has gone with its server; its number may be anybody's.
                    abandoned = 0;
                }
                life = now;
                present = server.connect(limit);
                endAbandoned(present);
                session = present;
                backend = present.unwrap(PGConnection.class).getBackendPID();
            }
            present.setNetworkTimeout(Runnable::run, (int) limit.toMillis());
            return present;
        }

        /**
         * After a statement that was not answered in time. Its backend does not notice that nobody listens any more while it waits for a
         * standby; it keeps its row locked, and each new try would wait behind the last until the connections are used up.
         */
        private void abandonSession() {
            if (session != null) {
                abandoned = backend;
            }
            dropSession();
        }

        private void endAbandoned(Connection fresh) throws SQLException {
            if (abandoned != 0) {
                Sql.value(
                        fresh,
                        "select pg_terminate_backend(pid) from pg_stat_activity where pid = " + abandoned
                                + " and application_name = '" + Sql.AGENT + "'");
                abandoned = 0;
            }
        }

        private void dropSession() {
            Sql.close(session);
            session = null;
        }

        @Override
        public void close() {
            cleanStop.close();
            observer.close();
            names.close();
            dropSession();
            background.shutdownNow();
            lock.close();
        }

        /** Something done to the server. */
        private interface Act {
            Outcome run() throws SQLException, IOException;
        }
    }
}
