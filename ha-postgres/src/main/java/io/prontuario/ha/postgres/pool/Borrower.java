package io.prontuario.ha.postgres.pool;

/** Something that is borrowed, and given back by whichever thread. */
interface Borrower {
    /**
     * Notes who has it now, from the borrower's own thread.
     *
     * @param held how many connections that thread holds; one more now, one less when this one is given back
     * @param askedNanos when it asked for one
     */
    void borrowed(Holdings held, long askedNanos);
}
