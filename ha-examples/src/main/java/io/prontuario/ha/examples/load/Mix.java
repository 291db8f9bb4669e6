package io.prontuario.ha.examples.load;

import java.time.Duration;

/**
 * What the crowd is like.
 *
 * @param users how many at the same time, each with one request after the other
 * @param writesPercent how many of a hundred requests write
 * @param pause between an answer and the same user's next request; zero: as fast as they can
 */
public record Mix(int users, int writesPercent, Duration pause) {
    private static final int MOST_USERS = 250;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /**
     * @throws IllegalArgumentException with every violation, one a line
     */
    public Mix {
        StringBuilder wrong = new StringBuilder();
        if (users < 1 || users > MOST_USERS) {
            wrong.append("\n  users: ").append(users).append(", must be 1 to ").append(MOST_USERS);
        }
        if (writesPercent < 0 || writesPercent > 100) {
            wrong.append("\n  writes: ").append(writesPercent).append(" %, must be 0 to 100");
        }
        if (pause.isNegative() || pause.compareTo(LONGEST_PAUSE) > 0) {
            wrong.append("\n  pause: ").append(pause.toMillis()).append(" ms, must be 0 to 60000");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("this load cannot be made:" + wrong);
        }
    }
}
