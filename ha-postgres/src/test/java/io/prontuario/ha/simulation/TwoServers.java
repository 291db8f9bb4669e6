package io.prontuario.ha.simulation;

/** A primary and its standby, real or made up, as a script of {@code FidelityIT} sees them. Whoever promotes the standby has them change places. */
public interface TwoServers {
    /** An ordinary commit of a row on the primary; nobody waits for its answer. */
    void commit(String row);

    /** Whether the client comes to be told that it is stored. */
    boolean comesToBeAcknowledged(String row);

    /** Whether the client has been told so. */
    boolean isAcknowledged(String row);

    /** Whether it comes to be seen waiting for a standby. */
    boolean comesToWait(String row);

    /** Cancels the statement while it waits; it has been answered somehow when this returns. */
    void cancel(String row);

    boolean isOnPrimary(String row);

    boolean comesToStandby(String row);

    boolean isOnStandby(String row);

    /** The primary waits for nobody, and every one of its processes has heard of it. */
    void waitForNobody();

    /** The standby's name is in the file and is shown, whoever has heard of it. */
    void nameStandby();

    /** The same, and every process has heard of it. */
    void waitForStandby();

    void stopCheckpointer();

    void letCheckpointerGoOn();

    void stopStandby();

    void letStandbyGoOn();

    /** The standby is not reached by the primary, and goes on otherwise. */
    void cutStandbyOff();

    /** Commits of about 10 MB, none of which gets to the standby. */
    void writeWhatNobodyGets();

    /** All of the primary is gone at once, and its server is started again. */
    void crashPrimary();

    /** The primary's host is lost and the standby promoted, beside whose log lie files of these timelines. Answers on which it is. */
    int takeOver(int... taken);

    /** The former primary is started as a standby of the present one, with its log as it is. */
    void followUnrewound();

    void loseStandby();
}
