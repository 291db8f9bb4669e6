package io.prontuario.ha.spi;

/**
 * Makes sure that a server acknowledges nothing more, by force: switches its machine off, cuts its network, stops it over another way. Only
 * {@code ASYNC} needs it: there commits wait for nobody, so the record alone does not keep a deposed primary from acknowledging.
 *
 * <p>Thread: one of its own, one call at a time. The coordinator waits for {@link FenceRequest#limit()} and coordinates nothing else meanwhile; a
 * call that outlasts it counts as no success, and until it has ended nobody is fenced. Idempotent: it is asked again after any doubt, by another coordinator too, and for a server that is fenced already.
 */
@FunctionalInterface
public interface Fencer {
    /**
     * Fences the server.
     *
     * @return {@code DONE} or {@code ALREADY_SO} only when it is certain that the server acknowledges nothing more, until its own agent or a
     *     person starts it again; with whatever else nobody takes over, and it is asked again
     */
    Outcome fence(FenceRequest request);
}
