package io.prontuario.ha.model;

/**
 * What a commit waits for, as a record says it.
 *
 * @param durability see {@link Durability}
 * @param strictMinimum in STRICT: how many certified standbys a commit needs; at least 1
 */
public record CommitPromise(Durability durability, int strictMinimum) {
    public CommitPromise {
        if (strictMinimum < 1) {
            throw new IllegalArgumentException("strictMinimum is " + strictMinimum + ", must be at least 1");
        }
    }

    @Override
    public String toString() {
        return switch (durability) {
            case AVAILABLE, ASYNC -> durability.name();
            case STRICT -> durability + " with at least " + strictMinimum;
        };
    }
}
