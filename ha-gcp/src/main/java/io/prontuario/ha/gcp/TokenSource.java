package io.prontuario.ha.gcp;

import java.io.IOException;

/** Where access tokens come from. May block; callers bound it. */
interface TokenSource {
    /** A token that was valid a moment ago. */
    String token() throws IOException;

    /** A service refused the last one: the next call fetches another. */
    void refused();
}
