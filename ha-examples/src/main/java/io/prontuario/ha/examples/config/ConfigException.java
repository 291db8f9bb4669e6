package io.prontuario.ha.examples.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that cannot be used; holds everything that is wrong with it. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<Violation> violations;

    public ConfigException(String file, List<Violation> violations) {
        super(file + ": " + violations.size() + (violations.size() == 1 ? " violation" : " violations") + "\n  "
                + violations.stream().map(Violation::toString).collect(Collectors.joining("\n  ")));
        this.violations = List.copyOf(violations);
    }

    /** In the order of their lines. */
    public List<Violation> violations() {
        return violations;
    }
}
