package io.prontuario.ha.gcp;

import java.util.Hashtable;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.Attributes;
import javax.naming.directory.InitialDirContext;

/** Asks name servers directly, past every cache: the JDK's resolver would answer from its own. */
final class NameServers {
    private NameServers() {}

    // JNDI is banned for the objects that its LDAP and RMI providers make out of what they are told. The DNS provider
    // is named here, and
    // the A records that it hands out are texts. Its environment has to be a Hashtable.
    /** The A records that the server at {@code host:port} has for the name; empty when it has none. */
    @SuppressWarnings({"BanJNDI", "JdkObsolete"})
    static Set<String> addresses(String server, String name, Deadline deadline) throws NamingException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, "dns://" + server);
        environment.put(
                "com.sun.jndi.dns.timeout.initial",
                Long.toString(Math.max(1, deadline.left().toMillis() / 2)));
        environment.put("com.sun.jndi.dns.timeout.retries", "1");
        InitialDirContext context = new InitialDirContext(environment);
        try {
            Attributes found = context.getAttributes(name, new String[] {"A"});
            Set<String> all = new TreeSet<>();
            Attribute addresses = found.get("A");
            if (addresses != null) {
                NamingEnumeration<?> each = addresses.getAll();
                while (each.hasMore()) {
                    all.add(each.next().toString());
                }
            }
            return all;
        } catch (NameNotFoundException e) {
            return Set.of();
        } finally {
            context.close();
        }
    }
}
