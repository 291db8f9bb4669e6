package io.prontuario.ha.examples.config;

import io.prontuario.ha.OperatorAccess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The section {@code operators}: where people act, with which token, and by which certificate the node proves itself. */
final class OperatorsReader {
    private OperatorsReader() {}

    /** Null when there is none, and beside a violation. */
    static @Nullable OperatorAccess read(Section top) {
        if (!top.has("operators")) {
            return null;
        }
        Section section = top.section("operators").allow("address", "token-file", "keystore", "keystore-password-file");
        OperatorAccess access = section.required("address", "127.0.0.1:8009", NodeConfigReader::socketAddress)
                .map(OperatorAccess::on)
                .orElse(null);
        if (access == null) {
            return null;
        }
        Optional<String> token = section.read("token-file", NodeConfigReader::secret);
        Optional<String> password = section.read("keystore-password-file", NodeConfigReader::secret);
        Optional<SSLContext> tls =
                section.read("keystore", text -> context(NodeConfigReader.absolute(text), password.orElse("")));
        if (token.isPresent()) {
            access = access.withToken(token.get());
        }
        if (tls.isPresent()) {
            access = access.withTls(tls.get());
        }
        if (section.has("keystore") == tls.isPresent()) {
            access.violations().forEach(text -> section.violate("address", text));
        }
        return access;
    }

    private static SSLContext context(Path file, String password) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password.toCharArray());
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "is '" + file
                            + "', which is no PKCS #12 file that opens with the password of keystore-password-file ("
                            + e.getClass().getSimpleName() + ")",
                    e);
        }
    }
}
