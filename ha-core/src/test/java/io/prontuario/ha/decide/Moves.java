package io.prontuario.ha.decide;

/** A family of things that can happen. */
interface Moves {
    /** When a run may count on a move, besides a node's number: it may if that node is lost for good. */
    int ALWAYS = -1;

    int NEVER = -2;

    void from(World world, Steps steps);

    /** The same moves, of which none is sure to be made. */
    static Moves notCountedOn(Moves moves) {
        return (world, steps) ->
                moves.from(world, (move, who, other, counted, next) -> steps.to(move, who, other, NEVER, next));
    }

    /** Takes what can happen next. */
    interface Steps {
        /**
         * One move that can happen.
         *
         * @param who the node that does it; a run without that node cannot count on it; -1 nobody
         * @param other the other node that has to be there for it; -1 nobody
         * @param counted {@link #ALWAYS}, {@link #NEVER}, or the node whose loss makes it happen
         */
        void to(Move move, int who, int other, int counted, World next);
    }
}
