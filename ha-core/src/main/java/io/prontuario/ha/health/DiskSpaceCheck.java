package io.prontuario.ha.health;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import io.prontuario.ha.model.DataSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a disk has room. What is left is followed, so that the node can say when it will be full. */
public final class DiskSpaceCheck extends NamedCheck {
    private final Path path;
    private final DataSize least;

    private DiskSpaceCheck(String name, Path path, DataSize least) {
        super(name, Capability.HOST);
        this.path = path;
        this.least = least;
    }

    /**
     * Fails when less than that is free for this account on the file system that holds the path. Watch the data directory's own: the root
     * of a machine says nothing of another disk.
     */
    public static DiskSpaceCheck atLeast(Path path, DataSize least) {
        return new DiskSpaceCheck("disk_space", path, least);
    }

    /** The same under another name, for a second disk. */
    public DiskSpaceCheck named(String other) {
        return new DiskSpaceCheck(other, path, least);
    }

    @Override
    public CheckResult check() throws IOException {
        DataSize free = new DataSize(Math.max(0, Files.getFileStore(path).getUsableSpace()));
        String detail = free + " free at " + path + ", at least " + least + " wanted";
        CheckResult result = free.bytes() < least.bytes() ? CheckResult.failed(detail) : CheckResult.ok(detail);
        return result.withLeft((double) free.bytes());
    }
}
