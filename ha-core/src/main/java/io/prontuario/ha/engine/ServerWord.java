package io.prontuario.ha.engine;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerCondition;
import org.jspecify.annotations.Nullable;

/**
 * What an agent says of its server when it is asked directly. As text it is one line, so that it fits into the header of an answer.
 *
 * @param condition its condition
 * @param copy the copy of the data that it is about; null when there is none
 */
record ServerWord(ServerCondition condition, @Nullable Copy copy) {
    static final ServerWord NONE = new ServerWord(ServerCondition.UNKNOWN, null);

    static ServerWord of(DataStatus status) {
        return new ServerWord(status.condition(), status.copy());
    }

    /**
     * The word that {@link #toString} wrote.
     *
     * @throws IllegalArgumentException when the text is none
     */
    static ServerWord parse(String text) {
        String[] words = text.split(" ", 2);
        return new ServerWord(ServerCondition.valueOf(words[0]), words.length < 2 ? null : Copy.parse(words[1]));
    }

    @Override
    public String toString() {
        return copy == null ? condition.name() : condition.name() + " " + copy;
    }
}
