package io.prontuario.ha.spi;

import io.prontuario.ha.model.ApprovalAnswer;
import io.prontuario.ha.model.Emergency;

/**
 * Somebody who may agree to an emergency instead of a person at the command line: a pager, a chat, another system.
 *
 * <p>Asked again and again, about once a second, for as long as it is awaited, by whichever node coordinates; so one that asks people must
 * know by {@link Emergency#id()} that it has asked already. On a thread of its own: an answer that takes its time keeps nothing waiting, and is
 * not asked for again until it has come.
 */
@FunctionalInterface
public interface Approval {
    /** The answer by now. */
    ApprovalAnswer answer(Emergency asked);
}
