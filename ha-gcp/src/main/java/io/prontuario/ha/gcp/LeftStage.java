package io.prontuario.ha.gcp;

import com.google.api.services.dns.model.ResourceRecordSet;
import io.prontuario.ha.spi.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** No name leads to the cloud any more. Looks only: what puts it to sleep must not be what takes the clients away. */
record LeftStage(CloudDns dns, List<String> records, Set<String> site) implements Stage {

    @Override
    public String name() {
        return "left";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        for (String record : records) {
            Optional<ResourceRecordSet> found = dns.address(record, deadline);
            if (found.isPresent() && !site.containsAll(found.get().getRrdatas())) {
                return Outcome.refused(record + " leads to " + found.get().getRrdatas()
                        + ", not to the site: lead it home before the cloud goes to sleep");
            }
        }
        return Outcome.alreadySo("no name leads to the cloud");
    }
}
