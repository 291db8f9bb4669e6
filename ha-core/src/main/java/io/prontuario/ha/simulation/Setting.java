package io.prontuario.ha.simulation;

import io.prontuario.ha.model.Durability;
import java.util.Locale;

/**
 * What a seed's cluster is made of.
 *
 * @param dataNodes how many nodes have a server; a witness comes on top
 * @param durability with which it begins
 * @param fencer whether a server's machine can be switched off from elsewhere, which {@code ASYNC} needs for a takeover
 * @param pools whether each node embeds a pool, whose clients hold during a switchover
 */
record Setting(int dataNodes, Durability durability, boolean fencer, boolean pools) {
    /** Each drawn by itself, so that one more thing to draw changes nothing of the others. */
    static Setting of(long seed) {
        return new Setting(
                new Chance(~seed).percent(25) ? 3 : 2,
                durability(new Chance(~seed * 31)),
                new Chance(~seed * 37).percent(50),
                new Chance(~seed * 41).percent(33));
    }

    private static Durability durability(Chance chance) {
        long drawn = chance.between(1, 100);
        if (drawn <= 20) {
            return Durability.STRICT;
        }
        return drawn <= 32 ? Durability.ASYNC : Durability.AVAILABLE;
    }

    @Override
    public String toString() {
        return dataNodes + " servers and a witness, " + durability.name().toLowerCase(Locale.ROOT)
                + (fencer ? ", a fencer" : "") + (pools ? ", pools" : "");
    }
}
