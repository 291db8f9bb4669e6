package io.prontuario.ha.examples.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A word that a person has to type, or to give with {@code --confirm}, before something is done that cannot be taken back. */
final class Confirmation {
    private Confirmation() {}

    /**
     * Returns when the word was given.
     *
     * @param what it names, such as "the node that is given up"
     * @param given with {@code --confirm}; null when it was not
     * @throws ParameterException when another word was given, or none and there is nobody to ask
     */
    static void require(CommandSpec spec, String what, String word, @Nullable String given, PrintWriter out) {
        String said = given;
        if (said == null) {
            out.print("type the name of " + what + " (" + word + ") to go on: ");
            out.flush();
            said = typed();
            if (said == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "it has to be confirmed, and there is nobody to ask: add --confirm " + word);
            }
        }
        if (!word.equals(said.strip())) {
            throw new ParameterException(
                    spec.commandLine(), "not confirmed: " + what + " is " + word + ", not '" + said + "'");
        }
    }

    /** Null when there is nobody to type. */
    private static @Nullable String typed() {
        try {
            return new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        } catch (IOException e) {
            return null;
        }
    }
}
