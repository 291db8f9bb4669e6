package io.prontuario.ha.examples.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code scripts/prerequisites.sh} does on machines that lack something. Nothing is installed: each test replaces the functions
 * that look and that install.
 */
class PrerequisitesTest {
    /** Nobody is root here, and packages are installed by writing it down. */
    private static final String HARMLESS = """
            as_root() { "$@"; }
            may_become_root() { true; }
            newest_package() { echo postgresql-15; }
            policy="$PWD/policy-rc.d"
            clusters="$PWD/postgresql-common/createcluster.d"
            sleep() { :; }
            systemctl() { :; }
            find_haproxy() { [ -e haproxy ]; }
            find_postgres() { [ -e postgres ]; }
            find_promtool() { [ -e promtool ]; }
            find_redis() { [ -e redis ]; }
            find_jdk() { true; }
            find_maven() { true; }
            """;

    @TempDir
    Path folder;

    @Test
    void saysNothingWhenNothingIsMissing() throws Exception {
        Script.Result result =
                bash("touch haproxy postgres; apt() { echo apt was called; }; ensure_prerequisites; echo status $?");
        assertEquals(List.of("status 0"), result.lines());
    }

    @Test
    void installsWhatIsMissingAfterSayingSo() throws Exception {
        Script.Result result = bash("""
                touch haproxy
                command() { [ "$2" = apt-get ] || builtin command "$@"; }
                apt() { echo "apt $*" >>said; [ "$1" = update ] || touch postgres; }
                ensure_prerequisites; echo status $?
                """);
        assertEquals(
                List.of(
                        "missing here: a PostgreSQL server with its programs, 14 to 18; asking apt for it",
                        "installing postgresql-15; none of their services is started",
                        "status 0"),
                result.lines());
        assertEquals("apt update\napt install --no-install-recommends postgresql-15\n", read("said"));
    }

    @Test
    void triesOnceMoreAndThenShowsWhatAptSaid() throws Exception {
        Script.Result result = bash("""
                touch postgres
                command() { [ "$2" = apt-get ] || builtin command "$@"; }
                apt() { echo "apt $*" >>said; [ "$1" = update ] || { echo "E: 404"; return 100; }; }
                ensure_prerequisites; echo status $?
                """);
        assertTrue(result.lines().contains("E: 404"), result::output);
        assertTrue(
                result.lines()
                        .contains("apt-get could not install haproxy (above): install them by hand and run this again"),
                result::output);
        assertTrue(result.lines().contains("status 1"), result::output);
        assertEquals(3, read("said").lines().count(), result::output);
    }

    @Test
    void letsPackagesStartNothingAndLeavesNoTraceOfThat() throws Exception {
        bash("""
                apt() {
                  "$PWD/policy-rc.d"; echo "policy $?" >said
                  cat postgresql-common/createcluster.d/* >>said
                  return 1
                }
                install_with_apt postgresql-15 haproxy
                """);
        assertEquals(
                "policy 101\ncreate_main_cluster = false\n",
                read("said").lines().distinct().reduce("", (all, line) -> all + line + "\n"));
        assertFalse(Files.exists(folder.resolve("policy-rc.d")));
        assertFalse(Files.exists(folder.resolve("postgresql-common")));
    }

    @Test
    void keepsAPolicyThatWasThereBefore() throws Exception {
        bash("echo theirs >policy-rc.d; mkdir postgresql-common; apt() { touch haproxy; }; install_with_apt haproxy");
        assertEquals("theirs\n", read("policy-rc.d"));
        assertTrue(Files.isDirectory(folder.resolve("postgresql-common")));
    }

    @Test
    void bringsPrometheusForItsToolAlone() throws Exception {
        Script.Result result = bash("""
                command() { [ "$2" = apt-get ] || builtin command "$@"; }
                apt() { echo "apt $*" >>said; [ "$1" = update ] || touch promtool; }
                ensure_prerequisites promtool; echo status $?
                """);
        assertEquals(
                List.of(
                        "missing here: promtool (of Prometheus); asking apt for it",
                        "installing prometheus; none of their services is started",
                        "status 0"),
                result.lines());
        assertEquals("apt update\napt install --no-install-recommends prometheus\n", read("said"));
    }

    @Test
    void bringsWhatMakesHostsOfNetworkNamespaces() throws Exception {
        bash("""
                find_namespaces() { [ -e namespaces ]; }
                command() { [ "$2" = apt-get ] || builtin command "$@"; }
                apt() { echo "apt $*" >>said; [ "$1" = update ] || touch namespaces; }
                ensure_prerequisites namespaces
                """);
        assertEquals("apt update\napt install --no-install-recommends iproute2 nftables util-linux\n", read("said"));
    }

    @Test
    void saysWhatToDoByHandWithoutAPackageManager() throws Exception {
        Script.Result result = bash("""
                command() { case "$2" in apt-get | brew) return 1 ;; *) builtin command "$@" ;; esac; }
                ensure_prerequisites haproxy; echo status $?
                """);
        assertEquals(
                List.of(
                        "missing here: HAProxy. There is neither apt-get nor brew: install it by hand and run this again",
                        "status 1"),
                result.lines());
    }

    @Test
    void asksForAnAdministratorWhereItMayNotInstall() throws Exception {
        Script.Result result = bash("""
                may_become_root() { false; }
                command() { [ "$2" = apt-get ] || builtin command "$@"; }
                ensure_prerequisites haproxy; echo status $?
                """);
        assertTrue(result.output().contains("without sudo: ask an administrator for HAProxy"), result::output);
        assertTrue(result.lines().contains("status 1"), result::output);
    }

    @Test
    void saysWhereItLookedWhenAnInstalledToolIsNotFound() throws Exception {
        Script.Result result = bash("""
                command() { [ "$2" = apt-get ] || builtin command "$@"; }
                apt() { :; }
                ensure_prerequisites haproxy; echo status $?
                """);
        assertTrue(
                result.output().contains("installed, but not found where it is looked for: HAProxy. See find_haproxy"),
                result::output);
        assertTrue(result.lines().contains("status 1"), result::output);
    }

    @ParameterizedTest
    @CsvSource({
        "3.8.7,  3.8.6, yes",
        "3.8.6,  3.8.6, yes",
        "3.8.5,  3.8.6, no",
        "3.10,   3.8.6, yes",
        "3.6.3,  3.8.6, no",
        "4.0.0,  3.8.6, yes",
        "4,      3.8.6, yes",
        "0,      3.8.6, no"
    })
    void comparesVersionsAsNumbers(String have, String want, String atLeast) throws Exception {
        Script.Result result = bash("if at_least " + have + " " + want + "; then echo yes; else echo no; fi");
        assertEquals(List.of(atLeast), result.lines());
    }

    private Script.Result bash(String commands) throws IOException, InterruptedException {
        String script =
                "set -uo pipefail\n. '" + Script.file("scripts", "prerequisites.sh") + "'\n" + HARMLESS + commands;
        return Script.run(folder, List.of("bash", "-c", script));
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }
}
