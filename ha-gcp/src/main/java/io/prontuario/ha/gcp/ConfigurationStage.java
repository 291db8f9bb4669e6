package io.prontuario.ha.gcp;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.prontuario.ha.spi.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The application is told what it is: {@code MODE}, {@code FUNCTIONALITY_LEVEL}, and what it may do with data. */
record ConfigurationStage(Kubernetes kubernetes, String container, int level, EmergencyMode mode) implements Stage {

    @Override
    public String name() {
        return "configuration";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        Map<String, String> wanted = wanted(level, mode);
        List<Container> all = kubernetes
                .deployment(deadline)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers();
        Optional<Container> found =
                all.stream().filter(one -> one.getName().equals(container)).findFirst();
        if (found.isEmpty()) {
            return Outcome.refused("the Deployment has no container '" + container + "' (it has "
                    + all.stream().map(Container::getName).toList() + "): compare the settings with it");
        }
        Map<String, String> shown = new TreeMap<>();
        for (EnvVar variable : found.get().getEnv()) {
            shown.put(variable.getName(), Objects.toString(variable.getValue(), ""));
        }
        if (shown.entrySet().containsAll(wanted.entrySet())) {
            return Outcome.alreadySo(wanted.toString());
        }
        kubernetes.configure(wanted, deadline);
        return Outcome.done(wanted.toString());
    }

    static Map<String, String> wanted(int level, EmergencyMode mode) {
        return new TreeMap<>(Map.of(
                "MODE", "EMERGENCY", "FUNCTIONALITY_LEVEL", Integer.toString(level), "DATA_ACCESS", mode.name()));
    }
}
