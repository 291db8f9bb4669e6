package io.prontuario.ha.zookeeper;

import io.prontuario.ha.model.NodeName;
import java.util.Locale;

/** Where things lie. All parents are persistent: a container that happens to be empty would be removed, and recipes with it. */
record Paths(String root) {
    static Paths of(String cluster) {
        return new Paths("/prontuario/" + cluster);
    }

    String state() {
        return root + "/state";
    }

    /** There as long as the record is the one that this write has made, and with it. */
    String mark(String writeId) {
        return state() + "/" + writeId;
    }

    String emergency() {
        return root + "/emergency";
    }

    String term() {
        return root + "/term";
    }

    String nodes() {
        return root + "/nodes";
    }

    String node(NodeName name) {
        return nodes() + "/" + name;
    }

    String election() {
        return root + "/election";
    }

    String history() {
        return root + "/history";
    }

    /** Holds the end of the audit trail; its children are the entries. */
    String audit() {
        return root + "/audit";
    }

    String audit(long number) {
        return audit() + "/" + String.format(Locale.ROOT, "%016d", number);
    }

    String transition(String transitionId, long epoch) {
        return history() + "/" + String.format(Locale.ROOT, "%012d-%s", epoch, transitionId);
    }
}
