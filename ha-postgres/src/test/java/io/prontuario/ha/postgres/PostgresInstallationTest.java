package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresInstallationTest {
    private static final List<String> PROGRAMS =
            List.of("initdb", "pg_ctl", "postgres", "pg_basebackup", "pg_rewind", "pg_controldata", "pg_waldump");

    @TempDir
    Path folder;

    private void program(String name, String says) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\necho '" + says + "'\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String refusal() {
        return String.valueOf(assertThrows(PostgresException.class, () -> PostgresInstallation.at(folder, ""))
                .getMessage());
    }

    @Test
    void namesTheProgramsThatAreMissingAndWhatToDo() throws IOException {
        program("postgres", "postgres (PostgreSQL) 15.18");
        program("pg_ctl", "");
        String refusal = refusal();
        assertTrue(
                refusal.startsWith("no initdb, pg_basebackup, pg_rewind, pg_controldata, pg_waldump in " + folder),
                refusal);
        assertTrue(refusal.contains("apt-get install postgresql"), refusal);
    }

    @Test
    void namesAVersionThatIsNotSupportedAndThoseThatAre() throws IOException {
        for (String name : PROGRAMS) {
            program(name, "postgres (PostgreSQL) 13.4");
        }
        assertTrue(refusal().startsWith("PostgreSQL 13 in " + folder + " is not supported: 14 to 18 are"), refusal());
        program("postgres", "postgres (PostgreSQL) 19beta1");
        assertTrue(refusal().contains("PostgreSQL 19"), refusal());
        program("postgres", "something else");
        assertTrue(refusal().contains("cannot read the version"), refusal());
    }

    @Test
    void acceptsEachSupportedVersion() throws IOException {
        for (String name : PROGRAMS) {
            program(name, "");
        }
        for (int major = 14; major <= 18; major++) {
            program("postgres", "postgres (PostgreSQL) " + major + ".1 (Debian)");
            assertTrue(PostgresInstallation.at(folder, "").major() == major);
        }
    }
}
