package io.prontuario.ha.zookeeper;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * As whom, and how, a {@link ZooKeeperStore} talks to its servers.
 *
 * <p>With a name and a password (ZooKeeper's {@code digest} scheme) everything that the store makes may be read and changed by who has both,
 * and by nobody else; what was made before without them stays open. The password goes over the wire as it is, so it wants TLS (ZooKeeper 3.9
 * Programmer's Guide, "Builtin ACL Schemes"). Immutable.
 */
public final class ZooKeeperAccess {
    /** As anybody, without TLS: for networks that only the cluster reaches. */
    public static final ZooKeeperAccess OPEN = new ZooKeeperAccess("", "", null, null);

    private final String user;
    private final String password;
    private final @Nullable Path authorities;
    private final @Nullable Path identity;

    private ZooKeeperAccess(String user, String password, @Nullable Path authorities, @Nullable Path identity) {
        this.user = user;
        this.password = password;
        this.authorities = authorities;
        this.identity = identity;
    }

    /**
     * As somebody. The same on all nodes.
     *
     * @param name without a colon
     * @throws IllegalArgumentException when one of both is empty, or there is a colon in the name
     */
    public ZooKeeperAccess withDigest(String name, String secret) {
        if (name.isEmpty() || secret.isEmpty() || name.indexOf(':') >= 0) {
            throw new IllegalArgumentException("ZooKeeper's user '" + name
                    + "' and its password must not be empty, and no colon is allowed in the name");
        }
        return new ZooKeeperAccess(name, secret, authorities, identity);
    }

    /**
     * By TLS, to servers whose certificate one of these authorities has signed for the host that is connected to. The connect string then
     * has the servers' secure ports.
     *
     * @param certificates a file with the authorities' certificates, PEM
     */
    public ZooKeeperAccess withTls(Path certificates) {
        return new ZooKeeperAccess(user, password, certificates, identity);
    }

    /**
     * With a certificate of this node's own, for servers that want one ({@code ssl.clientAuth=need}, their default).
     *
     * @param keyAndCertificate a file with the private key and the certificate, PEM
     */
    public ZooKeeperAccess withClientCertificate(Path keyAndCertificate) {
        return new ZooKeeperAccess(user, password, authorities, keyAndCertificate);
    }

    /** What is given to everything that is made. */
    List<ACL> permissions() {
        return user.isEmpty() ? ZooDefs.Ids.OPEN_ACL_UNSAFE : ZooDefs.Ids.CREATOR_ALL_ACL;
    }

    CuratorFrameworkFactory.Builder on(CuratorFrameworkFactory.Builder client) {
        List<ACL> permissions = permissions();
        client.aclProvider(new ACLProvider() {
            @Override
            public List<ACL> getDefaultAcl() {
                return permissions;
            }

            @Override
            public List<ACL> getAclForPath(String path) {
                return permissions;
            }
        });
        if (!user.isEmpty()) {
            client.authorization("digest", (user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }
        if (authorities != null) {
            client.zkClientConfig(tls(authorities, identity));
        }
        return client;
    }

    /** Property names: ZooKeeper 3.9 Administrator's Guide, "Encryption, Authentication, Authorization Options". */
    private static ZKClientConfig tls(Path authorities, @Nullable Path identity) {
        ZKClientConfig settings = new ZKClientConfig();
        settings.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        // The plain socket does not speak TLS.
        settings.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        settings.setProperty("zookeeper.ssl.trustStore.location", authorities.toString());
        settings.setProperty("zookeeper.ssl.trustStore.type", "PEM");
        if (identity != null) {
            settings.setProperty("zookeeper.ssl.keyStore.location", identity.toString());
            settings.setProperty("zookeeper.ssl.keyStore.type", "PEM");
        }
        return settings;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return (user.isEmpty() ? "as anybody" : "as " + user) + (authorities == null ? "" : " by TLS");
    }
}
