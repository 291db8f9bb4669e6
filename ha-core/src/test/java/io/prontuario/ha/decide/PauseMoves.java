package io.prontuario.ha.decide;

/** A person pauses the cluster at any moment, and resumes it: on that alone a run may count. */
final class PauseMoves implements Moves {
    private final Records records;

    PauseMoves(Records records) {
        this.records = records;
    }

    @Override
    public void from(World world, Steps steps) {
        to(Move.PAUSE, world, records.pause(world.record(), true), NEVER, steps);
        to(Move.RESUME, world, records.pause(world.record(), false), ALWAYS, steps);
    }

    private static void to(Move move, World world, int next, int counted, Moves.Steps steps) {
        if (next != Records.REFUSED) {
            steps.to(move, -1, -1, counted, world.written(next));
        }
    }
}
