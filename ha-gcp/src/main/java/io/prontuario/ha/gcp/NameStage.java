package io.prontuario.ha.gcp;

import com.google.api.services.dns.model.ManagedZone;
import com.google.api.services.dns.model.ResourceRecordSet;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import javax.naming.NamingException;

/**
 * The name leads where it should: compared first, changed only together with what was read, and seen at the zone's own servers.
 *
 * <p>A record that holds an address which is neither the site's nor the cloud's is somebody else's decision and stays. So does one with a
 * routing policy, which this client would lose by writing it back as a plain one.
 *
 * @param wanted the addresses that it should hold
 * @param replaceable the addresses that it may hold now
 */
record NameStage(
        CloudDns dns,
        Bounded bounded,
        List<String> nameServers,
        String record,
        int ttlSeconds,
        Function<Deadline, Set<String>> wanted,
        Function<Deadline, Set<String>> replaceable)
        implements Stage {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    /** Google gives each zone four; two that agree are enough to go on, and one that is away does not hold it up. */
    private static final int ASKED = 2;

    @Override
    public String name() {
        return "name";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        ManagedZone zone = dns.zone(deadline);
        if (!record.endsWith("." + zone.getDnsName())) {
            return Outcome.refused("zone " + zone.getName() + " is for " + zone.getDnsName() + " and not for " + record
                    + ": compare dnsZone and dnsRecord");
        }
        if (!"public".equals(Objects.toString(zone.getVisibility(), "public"))) {
            return Outcome.refused("zone " + zone.getName() + " is " + zone.getVisibility()
                    + ": clients outside do not see it; give the public one");
        }
        Set<String> target = wanted.apply(deadline);
        Optional<ResourceRecordSet> found = dns.address(record, deadline);
        boolean so = found.isPresent() && holds(found.get(), target);
        if (!so) {
            Optional<Outcome> foreign = foreign(found, target, deadline);
            if (foreign.isPresent()) {
                return foreign.get();
            }
            ResourceRecordSet fresh = new ResourceRecordSet()
                    .setName(record)
                    .setType("A")
                    .setTtl(ttlSeconds)
                    .setRrdatas(new ArrayList<>(new TreeSet<>(target)));
            dns.replace(found.orElse(null), fresh, deadline);
        }
        if (dns.pending(deadline)) {
            return Outcome.inProgress(record + " is changed to " + target + ", not at the zone's servers yet", AGAIN);
        }
        Optional<String> differs = differing(zone, target, deadline);
        if (differs.isPresent()) {
            return Outcome.inProgress(differs.get(), AGAIN);
        }
        String detail = record + " leads to " + target
                + ", seen at the zone's servers; others may keep the old answer for " + ttlSeconds + " s";
        return so ? Outcome.alreadySo(detail) : Outcome.done(detail);
    }

    private boolean holds(ResourceRecordSet found, Set<String> target) {
        return found.getRoutingPolicy() == null
                && target.equals(Set.copyOf(values(found)))
                && Objects.requireNonNullElse(found.getTtl(), 0) == ttlSeconds;
    }

    private Optional<Outcome> foreign(Optional<ResourceRecordSet> found, Set<String> target, Deadline deadline) {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (found.get().getRoutingPolicy() != null) {
            return Optional.of(Outcome.refused(record
                    + " has a routing policy: this would lose it; make it a plain A record, or switch it by hand"));
        }
        Set<String> known = new HashSet<>(target);
        known.addAll(replaceable.apply(deadline));
        return known.containsAll(values(found.get()))
                ? Optional.empty()
                : Optional.of(Outcome.refused(record + " leads to " + values(found.get())
                        + ", which is neither the site nor this cloud " + new TreeSet<>(known)
                        + ": somebody else has changed it; add the address to onPremises or mend the record"));
    }

    private static Collection<String> values(ResourceRecordSet set) {
        return set.getRrdatas() == null ? List.of() : set.getRrdatas();
    }

    /** What a server of the zone says otherwise; empty when those asked agree. */
    private Optional<String> differing(ManagedZone zone, Set<String> target, Deadline deadline) {
        List<String> servers = nameServers.isEmpty()
                ? Optional.ofNullable(zone.getNameServers()).orElse(List.of())
                : nameServers;
        for (String server : servers.stream().limit(ASKED).toList()) {
            Call call = Call.reading("name server " + server, "");
            Set<String> seen;
            try {
                seen = bounded.call(call, deadline, () -> NameServers.addresses(server, record, deadline));
            } catch (CloudException e) {
                return Optional.of(e.outcome().detail());
            } catch (NamingException e) {
                return Optional.of("name server " + server + " does not answer (" + Failures.cut(e.toString()) + ")");
            } catch (Exception e) {
                throw new CloudException(Failures.unanswered(call, e.toString(), false), e);
            }
            if (!seen.equals(target)) {
                return Optional.of(server + " still says " + seen + " for " + record + ", expected " + target);
            }
        }
        return Optional.empty();
    }
}
