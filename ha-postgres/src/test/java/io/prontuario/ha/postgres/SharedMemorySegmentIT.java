package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.prontuario.ha.testing.SharedMemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a killed server leaves in the kernel. */
class SharedMemorySegmentIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void isRemovedWhenNobodyIsAttachedAndNotBefore() {
        LabServer server = lab.primary("studio-1");
        SharedMemorySegment segment = SharedMemorySegment.of(server.data()).orElseThrow();
        Path kernel = Path.of("/proc/sysvipc/shm");
        assumeTrue(Files.exists(kernel), "the kernel's list is asked, which is Linux's");

        assertFalse(segment.removeIfLeft(), "the server is attached");
        server.loseHost();

        LabServer.await("it is removed").until(segment::removeIfLeft);
        LabServer.await("the kernel does not know it any more")
                .until(() -> Files.readAllLines(kernel).stream()
                        .noneMatch(line -> line.strip().matches(segment.key() + "\\s+" + segment.id() + "\\s.*")));
    }
}
