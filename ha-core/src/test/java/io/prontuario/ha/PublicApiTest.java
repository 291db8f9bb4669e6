package io.prontuario.ha;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever embeds the library or writes a plugin reads javadoc: each public type, method and constant of these packages has some. The
 * compiler checks that what is there is right (doclint), but can ask for comments only together with {@code @param} and {@code @return}
 * for everything, which say little where names speak.
 */
class PublicApiTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "spi", "model", "health", "micrometer"})
    void isDocumented(String name) throws IOException {
        Path folder = Path.of("src", "main", "java", "io", "prontuario", "ha", name);
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .sorted()
                    .toList();
        }
        assertFalse(files.isEmpty(), () -> "no sources in " + folder.toAbsolutePath());
        assertEquals("", String.join("\n", undocumented(files)));
    }

    /** This test would pass on everything if the scanner saw nothing. */
    @Test
    void seesWhatHasNoComment() throws IOException {
        Path file = Files.createTempFile("Undocumented", ".java");
        try {
            Files.writeString(file, """
                    /** Has one. */
                    public class Documented {
                        public void act() {}
                        /** Has one. */
                        public void actWell() {}
                        void actInside() {}
                        @Override public String toString() { return ""; }
                        private static class Hidden { public void act() {} }
                        public enum Kind { ONE, /** Has one. */ TWO }
                        /** Has one. */
                        public record Pair(int left, int right) { public Pair { } }
                        /** Has one. */
                        public interface Shape { int area(); }
                    }
                    """);
            List<String> found = undocumented(List.of(file)).stream()
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .toList();
            assertEquals(List.of("act", "Kind", "ONE", "area"), found);
        } finally {
            Files.delete(file);
        }
    }

    private static List<String> undocumented(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
            List<String> missing = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                new Scanner(unit, DocTrees.instance(task), missing).scan(unit, null);
            }
            return missing;
        }
    }

    /** Goes through what can be seen from outside the package. */
    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final DocTrees comments;
        private final List<String> missing;

        Scanner(CompilationUnitTree unit, DocTrees comments, List<String> missing) {
            this.unit = unit;
            this.comments = comments;
            this.missing = missing;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            if (!visible(type.getModifiers())) {
                return null;
            }
            check(type.getSimpleName());
            return super.visitClass(type, null);
        }

        /** Constructors of records check what the record's comment says; what overrides is documented where it is declared. */
        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            boolean ofRecord = method.getName().contentEquals("<init>") && parent().getKind() == Tree.Kind.RECORD;
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals("Override"));
            if (visible(method.getModifiers()) && !ofRecord && !overrides) {
                check(method.getName());
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, Void nothing) {
            boolean component = parent().getKind() == Tree.Kind.RECORD
                    && !field.getModifiers().getFlags().contains(Modifier.STATIC);
            if (visible(field.getModifiers()) && !component) {
                check(field.getName());
            }
            return null;
        }

        private boolean visible(ModifiersTree modifiers) {
            return modifiers.getFlags().contains(Modifier.PUBLIC)
                    || modifiers.getFlags().contains(Modifier.PROTECTED)
                    || (parent().getKind() == Tree.Kind.INTERFACE
                            && !modifiers.getFlags().contains(Modifier.PRIVATE));
        }

        private Tree parent() {
            TreePath parent = getCurrentPath().getParentPath();
            return parent.getLeaf();
        }

        private void check(CharSequence name) {
            if (comments.getDocComment(getCurrentPath()) == null) {
                try {
                    String file = unit.getSourceFile().getName();
                    long start = comments.getSourcePositions()
                            .getStartPosition(unit, getCurrentPath().getLeaf());
                    String before =
                            unit.getSourceFile().getCharContent(true).toString().substring(0, (int) start);
                    missing.add(file + ":" + (before.lines().count() + 1) + " no comment on " + name);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
