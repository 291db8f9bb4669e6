package io.prontuario.ha.examples.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of this machine. */
final class Programs {
    private Programs() {}

    /** Looked for on the PATH, and where Debian and Homebrew put what is not on everybody's. */
    static Optional<Path> find(String name) {
        return Stream.concat(
                        Stream.of(String.valueOf(System.getenv("PATH")).split(":")),
                        Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"))
                .map(place -> Path.of(place, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
