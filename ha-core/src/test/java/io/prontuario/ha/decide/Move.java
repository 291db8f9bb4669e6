package io.prontuario.ha.decide;

/** What can happen, one thing at a time. The sentence is what a trace says; {@code %1$s} is who does it, {@code %2$s} the other one. */
enum Move {
    COMMIT("%s: a client's commit is in the log"),
    ACKNOWLEDGE("%s: a commit is acknowledged"),
    RELOAD("%s: commits obey the names in the file"),
    STREAM("%s: one more entry from %s", true),
    RECONNECT("%s: connects to %s again", true),

    CRASH("%s: the server crashes"),
    CUT("%s: the stream from %s is cut"),
    VANISH("%s: the data is destroyed from outside"),
    PROMOTE_BY_HAND("%s: a person promotes it"),
    RESTART("%s: a person starts it as it was"),
    FOLLOW_UNREWOUND("%s: a person restarts it as a standby of %s, with the log it has", true),

    NOMINATE("%s: nominated instead of %s"),
    RENOMINATE("%s: nominated instead of the nominee %s"),
    TAKE_BACK("%s: takes the nomination of %s back"),

    ASK_SWITCHOVER("a person asks to switch over to %1$s"),
    SWITCH_OVER("%s: the target of the switchover is nominated instead of %s"),
    STOP_CLEANLY("%s: stopped cleanly for the switchover"),
    UNDO("%s: the switchover is undone in the record"),
    START_AGAIN("%s: started again under its old names"),
    START_OPENED("%s: started again with opened names"),
    OPEN_AGAIN("%s: about to be opened under its old names"),
    FINISH("%s: serves again, the journal is closed"),
    PAUSE("a person pauses the cluster"),
    RESUME("a person resumes it"),
    CONDEMN("%s: a person wants it copied anew"),
    REPLACED("%s: its agent writes that the condemned copy is gone"),

    AGENT_CRASH("%s: the agent crashes"),
    CAN_NOT_FINISH("%s: the agent gives up what it was doing"),
    UNANSWERED("%s: its agent hears nothing of the record that it has sent"),
    LATE_CERTIFY("%s: the certificate of %s lands late"),
    LOOK("%s: the agent reads the record"),
    START_PRIMARY("%s: started as primary behind the gate"),
    START_STANDBY("%s: started as a standby of %s", true),
    START_AS_IT_WAS("%s: started by its agent as it was"),
    STOP("%s: stopped by its agent"),
    SHUT("%s: its agent shuts the gate under the new epoch"),
    PROMOTE("%s: promoted behind the gate"),
    ACTIVATE("%s: the record says active"),
    SET_NAMES("%s: its agent is about to set names"),
    NAMES_WRITTEN("%s: names are in the file"),
    OPEN("%s: the gate is opened"),
    OPENED("%s: open, names are seen obeyed"),
    NAME_CANDIDATE("%s: waits for %s, not yet certified"),
    TOKEN("%s: a token for %s is committed"),
    READ_TOKEN("%s: reads the token on %s", true),
    CERTIFY("%s: certifies %s"),
    DECERTIFY("%s: decertifies %s"),
    NARROW("%s: narrows its names"),
    DROP_NAME("%s: drops the name of %s, which is still in the record"),
    WITHDRAW("%s: takes itself out of the record"),
    NOTICE_UNFIT("%s: finds that its log does not fit that of %s", true),
    FOLLOW("%s: follows %s", true),
    DESTROY("%s: its agent destroys its data to make it anew", true),
    REWOUND("%s: rewound to %s", true),
    REBUILT("%s: a new copy of %s", true);

    private final String sentence;
    private final boolean together;

    Move(String sentence) {
        this(sentence, false);
    }

    Move(String sentence, boolean together) {
        this.sentence = sentence;
        this.together = together;
    }

    /** Whether the other one has to be there for it. */
    boolean together() {
        return together;
    }

    String by(int who, int other) {
        return String.format(sentence, name(who), name(other));
    }

    private static String name(int node) {
        return node < 0 ? "nobody" : Names.nodeName(node).value();
    }
}
