package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * The primary's server is killed, and its certified standby can make no new file for its log, as with a full disk: it runs well as a standby
 * and ends whenever it is promoted. Only the former primary is left to serve.
 */
final class NomineeThatCannot implements Fault {
    private final LocalNode primary;
    private final LocalNode standby;
    private final Path log;
    private final Set<PosixFilePermission> before;

    NomineeThatCannot(LocalCluster cluster) {
        this.primary = cluster.primary();
        this.standby = cluster.standby();
        this.log = standby.serverProcess().data().resolve("pg_wal");
        try {
            this.before = Files.getPosixFilePermissions(log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + log, e);
        }
    }

    @Override
    public String description() {
        return standby.name() + " can make no new file in pg_wal any more; kill -9 of the server of " + primary.name();
    }

    @Override
    public void inject() {
        permit(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_EXECUTE));
        primary.serverProcess().killPostmaster();
    }

    @Override
    public void restore() {
        permit(before);
    }

    private void permit(Set<PosixFilePermission> permissions) {
        try {
            Files.setPosixFilePermissions(log, permissions);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot change " + log, e);
        }
    }
}
