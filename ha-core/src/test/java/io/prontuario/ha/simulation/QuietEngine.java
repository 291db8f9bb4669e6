package io.prontuario.ha.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** While made-up clusters run nobody wants to read their events, which come by the hundred thousand. */
final class QuietEngine {
    private static final Logger TOLD = (Logger) LoggerFactory.getLogger("io.prontuario.ha.engine");
    private @Nullable Level usual;

    void begin() {
        usual = TOLD.getLevel();
        TOLD.setLevel(Level.OFF);
    }

    void end() {
        TOLD.setLevel(usual);
    }
}
