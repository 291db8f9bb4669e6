package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HAProxy on this machine takes what is rendered. */
class AcceptedByHaproxyIT {
    @TempDir
    private Path folder;

    @Test
    void theWholeOfAnInstallation() throws Exception {
        Path certificate = folder.resolve("hospital.pem");
        Path file = folder.resolve("haproxy.cfg");
        selfSigned(certificate);
        Files.writeString(
                file,
                HaproxyConfigurationTest.installation(certificate.toString()).render());

        assertEquals("0: ", run(HaproxyLab.binary(), "-c", "-q", "-f", file.toString()));
    }

    private void selfSigned(Path certificate) throws Exception {
        Path store = folder.resolve("store.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        run(
                keytool,
                "-genkeypair",
                "-alias",
                "hospital",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=hospital",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        List<String> lines = new ArrayList<>();
        pem(lines, "CERTIFICATE", keys.getCertificate("hospital").getEncoded());
        pem(
                lines,
                "PRIVATE KEY",
                keys.getKey("hospital", "changeit".toCharArray()).getEncoded());
        Files.write(certificate, lines);
    }

    private static void pem(List<String> lines, String what, byte[] content) {
        lines.add("-----BEGIN " + what + "-----");
        lines.add(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
        lines.add("-----END " + what + "-----");
    }

    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + ": " + said.strip();
    }
}
