package io.prontuario.ha.engine;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerCondition;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says of its server when it is asked directly. As text it is one word, so that it fits into the header of an answer and into
 * the question for the next one.
 *
 * @param condition its condition
 * @param copy the copy of the data that it is about; null when there is none
 * @param shutdownPosition where the shutdown checkpoint lies with which it has ended; 0 when it has not
 */
record ServerWord(ServerCondition condition, @Nullable Copy copy, long shutdownPosition) {
    static final ServerWord NONE = of(DataStatus.UNKNOWN);

    static ServerWord of(DataStatus status) {
        return new ServerWord(status.condition(), status.copy(), status.shutdownPosition());
    }

    /**
     * The word that {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when the text is none
     */
    static ServerWord parse(String text) {
        String[] words = text.split("/", -1);
        if (words.length != 3) {
            throw new IllegalArgumentException("'" + text + "' is no word about a server");
        }
        return new ServerWord(
                ServerCondition.valueOf(words[0]),
                words[1].isEmpty() ? null : Copy.parse(words[1]),
                Long.parseLong(words[2]));
    }

    @Override
    public String toString() {
        return condition.name() + "/" + (copy == null ? "" : copy) + "/" + shutdownPosition;
    }
}
