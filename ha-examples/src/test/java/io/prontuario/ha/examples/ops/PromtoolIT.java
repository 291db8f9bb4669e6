package io.prontuario.ha.examples.ops;

import org.junit.jupiter.api.Test;

/** Prometheus' own tool reads what is shipped, and runs the tests of the alert rules. */
class PromtoolIT {
    @Test
    void readsTheScrapeConfigurationAndTheRules() throws Exception {
        Promtool.passes("", "check", "config", "prometheus.yml");
    }

    @Test
    void theAlertsFireWhenTheyShould() throws Exception {
        Promtool.passes("", "test", "rules", "prontuario-ha.rules.test.yml");
    }
}
