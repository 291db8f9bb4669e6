package io.prontuario.ha.postgres.pool;

/** Who has borrowed a connection, and since when. */
interface Borrower {
    /**
     * Notes a borrower, from its own thread.
     *
     * @param held how many connections that thread holds; one more now, one less when this one is given back
     */
    void borrowed(Holdings held, long nanos);
}
