package io.prontuario.ha.examples.extend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/extending.md tells a newcomer to do, as far as it can be told without a Maven of his own. */
final class ExtendingPageTest {
    private static final Path PAGE = Path.of("../docs/extending.md");
    private static final Path MAIN = Path.of("src/main/java/io/prontuario/ha/examples/extend");
    private static final Path TESTS = Path.of("src/test/java/io/prontuario/ha/examples/extend");

    @TempDir
    private Path out;

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    private record Source(String name, String text) {}

    /** A source that lies in no file. */
    private static final class InMemory extends SimpleJavaFileObject {
        private final Source source;

        InMemory(Source source) {
            super(URI.create("string:///org/example/" + source.name() + ".java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source.text();
        }
    }

    /** In a project of the newcomer's own: the library is there, and no class of this module. */
    private List<String> errors(List<Source> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry)
                        .toAbsolutePath()
                        .startsWith(Path.of("target").toAbsolutePath()))
                .collect(Collectors.joining(File.pathSeparator));
        List<InMemory> files = sources.stream().map(InMemory::new).toList();
        List<String> options = List.of("-d", out.toString(), "-classpath", path, "-proc:none");
        boolean well = compiler.getTask(null, null, said, options, null, files).call();
        List<String> all = said.getDiagnostics().stream()
                .map(one -> one.getKind() + " " + one.getSource() + ": " + one.getMessage(null))
                .toList();
        return well ? List.of() : all;
    }

    private static Source copied(Path folder, String name) throws IOException {
        String text = Files.readString(folder.resolve(name + ".java"))
                .replace("package io.prontuario.ha.examples.extend;", "package org.example;");
        int last = text.indexOf("    /** As docs/extending.md says. */");
        return new Source(name, last < 0 ? text : text.substring(0, last) + "}\n");
    }

    @Test
    void whatIsToBeCopiedNeedsNothingElse() throws IOException {
        List<Source> copied = new ArrayList<>();
        for (String name : List.of("AddressFile", "KeepOff", "BusinessHours", "ApprovalAtNight")) {
            copied.add(copied(MAIN, name));
        }
        for (String name : List.of("AddressFileTest", "KeepOffTest", "ApprovalAtNightTest")) {
            copied.add(copied(TESTS, name));
        }
        for (Source source : copied) {
            assertTrue(Files.readString(PAGE).contains(source.name() + ".java"), source::name);
        }
        assertEquals(List.of(), errors(copied));
    }

    @Test
    void theCodeOfThePageCompiles() throws IOException {
        StringBuilder code = new StringBuilder("""
                package org.example;
                import static io.prontuario.ha.model.ServerCondition.DOWN;
                import static io.prontuario.ha.testing.ViewFixture.inSync;
                import static io.prontuario.ha.testing.ViewFixture.views;
                import static org.junit.jupiter.api.Assertions.assertEquals;
                import io.prontuario.ha.*;
                import io.prontuario.ha.model.*;
                import io.prontuario.ha.spi.*;
                import io.prontuario.ha.testing.*;
                import java.util.*;
                class Page {
                """);
        List<String> blocks = blocks("java");
        for (int i = 0; i < blocks.size(); i++) {
            String block = blocks.get(i).strip();
            code.append("void block")
                    .append(i)
                    .append("(FailoverPolicy policy, FailoverStrategyContract.Lab lab) throws Exception {\n")
                    .append(block.startsWith(".") ? "HaNode.builder()" + block + ";" : block)
                    .append("\n}\n");
        }
        assertTrue(blocks.size() >= 3, () -> blocks.size() + " blocks");
        assertEquals(
                List.of(), errors(List.of(new Source("Page", code.append("}\n").toString()), copied(MAIN, "KeepOff"))));
    }

    @Test
    void theProjectOfThePageUsesTheVersionsOfThisOne() throws IOException {
        String project = Files.readString(Path.of("../pom.xml"));
        String pom = blocks("xml").get(0);
        Matching matching = new Matching(project, pom);
        matching.same(
                "<version>([^<]*-SNAPSHOT|[0-9.]+)</version>\\s*<packaging>",
                "<artifactId>ha-core</artifactId>\\s*<version>([^<]*)<");
        matching.same(
                "<artifactId>junit-bom</artifactId>\\s*<version>([^<]*)<",
                "<artifactId>junit-jupiter</artifactId>\\s*<version>([^<]*)<");
    }

    private record Matching(String project, String page) {
        void same(String here, String there) {
            assertEquals(found(project, here), found(page, there));
        }

        private static String found(String text, String pattern) {
            return Pattern.compile(pattern)
                    .matcher(text)
                    .results()
                    .findFirst()
                    .map(result -> result.group(1))
                    .orElseThrow(() -> new AssertionError("not found: " + pattern));
        }
    }
}
