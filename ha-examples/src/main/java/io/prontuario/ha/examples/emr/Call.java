package io.prontuario.ha.examples.emr;

import java.util.List;

/**
 * A request.
 *
 * @param method such as {@code PUT}
 * @param path its segments, decoded: {@code /patients/7} is {@code [patients, 7]}
 * @param query what follows the question mark, undecoded; empty when nothing does
 * @param body as text
 * @param bearer the token that it bears; empty without
 */
record Call(String method, List<String> path, String query, String body, String bearer) {
    Call {
        path = List.copyOf(path);
    }

    /** Whether it is of this method, and its path of these segments; {@code *} stands for any one. */
    boolean is(String wantedMethod, String... segments) {
        if (!method.equals(wantedMethod) || path.size() != segments.length) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (!segments[i].equals("*") && !segments[i].equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }
}
