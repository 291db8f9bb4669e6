package io.prontuario.ha.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An authority that signs certificates for servers of tests, by the command {@code openssl}. Its keys lie in the open: for tests only.
 */
public final class TestAuthority {
    private static final String DAYS = "2";

    private final Path folder;

    private TestAuthority(Path folder) {
        this.folder = folder;
    }

    /**
     * A new one that keeps its files in that folder.
     *
     * @throws IllegalStateException when there is no {@code openssl}, or it fails, with what it said
     */
    public static TestAuthority in(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + folder, e);
        }
        TestAuthority made = new TestAuthority(folder);
        made.openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                DAYS,
                "-subj",
                "/CN=authority of a test",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem");
        return made;
    }

    /** The authority's certificate, PEM. */
    public Path certificate() {
        return folder.resolve("ca.pem");
    }

    /** The private key of a host, PEM; made with {@link #certificateOf}. */
    public Path keyOf(String address) {
        certificateOf(address);
        return folder.resolve(address + ".key");
    }

    /** The certificate of a host, signed for that IP address and for localhost, by which ZooKeeper finds 127.0.0.1 again; PEM. */
    public Path certificateOf(String address) {
        Path certificate = folder.resolve(address + ".crt");
        if (!Files.exists(certificate)) {
            try {
                Files.writeString(
                        folder.resolve(address + ".ext"), "subjectAltName=IP:" + address + ",DNS:localhost\n");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to " + folder, e);
            }
            openssl(
                    "req",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-subj",
                    "/CN=" + address,
                    "-keyout",
                    address + ".key",
                    "-out",
                    address + ".csr");
            openssl(
                    "x509",
                    "-req",
                    "-in",
                    address + ".csr",
                    "-CA",
                    "ca.pem",
                    "-CAkey",
                    "ca.key",
                    "-CAcreateserial",
                    "-days",
                    DAYS,
                    "-extfile",
                    address + ".ext",
                    "-out",
                    address + ".crt");
        }
        return certificate;
    }

    /** Both in one file, as ZooKeeper wants them. */
    public Path keyAndCertificateOf(String address) {
        Path both = folder.resolve(address + ".pem");
        try {
            Files.writeString(both, Files.readString(keyOf(address)) + Files.readString(certificateOf(address)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + both, e);
        }
        return both;
    }

    private void openssl(String... words) {
        List<String> all = new ArrayList<>(List.of("openssl"));
        all.addAll(List.of(words));
        try {
            Path output = folder.resolve("openssl.log");
            Process process = new ProcessBuilder(all)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        String.join(" ", all) + " failed: " + Files.readString(output, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("openssl cannot be run: install it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during openssl", e);
        }
    }
}
