package io.prontuario.ha.haproxy;

/** The texts by which HAProxy 2.4 to 3.x says no; matched by their beginning, since the rest differs between versions. */
final class Reply {
    private Reply() {}

    static String checked(String reply, String line, RuntimeAddress address) {
        for (String part : reply.split("\n")) {
            if (part.startsWith("Permission denied")) {
                throw new HaproxyException(
                        HaproxyException.Kind.PERMISSION_DENIED,
                        address + " refuses '" + line + "': give its 'stats socket' line 'level admin'");
            }
            if (part.startsWith("No such backend") || part.startsWith("Can't find backend")) {
                throw new HaproxyException(
                        HaproxyException.Kind.NO_SUCH_BACKEND,
                        address + " has no such backend ('" + line
                                + "'): check haproxy.backend against its configuration");
            }
            if (part.startsWith("No such server")) {
                throw new HaproxyException(
                        HaproxyException.Kind.NO_SUCH_SERVER,
                        address + " has no such server ('" + line
                                + "'): check haproxy.servers against its configuration");
            }
            if (part.startsWith("Unknown command")) {
                throw new HaproxyException(
                        HaproxyException.Kind.UNKNOWN_COMMAND,
                        address + " does not know '" + line + "': HAProxy 2.4 or newer is needed");
            }
            if (part.startsWith("Require 'backend/server'")
                    || part.startsWith("usage: ")
                    || part.contains("expects 'ready'")) {
                throw new HaproxyException(
                        HaproxyException.Kind.UNKNOWN_REPLY,
                        address + " does not understand '" + line + "': it says '" + part + "'");
            }
        }
        return reply;
    }
}
