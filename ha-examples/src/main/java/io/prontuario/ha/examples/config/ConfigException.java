package io.prontuario.ha.examples.config;

import java.util.List;

/** A configuration file that cannot be used; holds everything that is wrong with it. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> violations;

    public ConfigException(String file, List<String> violations) {
        super(file + ": " + violations.size() + (violations.size() == 1 ? " violation" : " violations") + "\n  "
                + String.join("\n  ", violations));
        this.violations = List.copyOf(violations);
    }

    /** One sentence each, with line and suggestion. */
    public List<String> violations() {
        return violations;
    }
}
