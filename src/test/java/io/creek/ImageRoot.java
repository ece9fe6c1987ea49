package io.creek;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * The files of the image, laid out below a directory: a Java runtime of the modules that Creek uses, the shared libraries of this machine that this one
 * needs, the jar, and the class-data archives made by this very runtime. No shell, no package manager, nothing else.
 *
 * <p>The archives hold for a jar and a runtime of the same age and size alone, so every file has the same, fixed time, here and in the image.
 */
final class ImageRoot {
    /** As the jar's entries have it. */
    static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    static final int USER = 10_001;
    static final Path RUNTIME = Path.of("opt/java");
    static final Path JAR = Path.of("opt/creek/creek-fat.jar");
    static final Path ARCHIVE = Path.of("opt/creek/creek.jsa");
    static final Path CONF = Path.of("opt/creek/creek.conf");

    /**
     * What the JVM is told before all that anybody says in JDK_JAVA_OPTIONS. A quarter of the memory for the heap, at most 4 GiB, and direct memory without a
     * limit, which makes Creek take its share of the rest.
     */
    private static final String JVM_OPTIONS = "-XX:MinRAMPercentage=25 -XX:MaxRAMPercentage=25 -XX:ErgoHeapSizeLimit=4g"
            + " -XX:MaxDirectMemorySize=1024t -XX:+ExitOnOutOfMemoryError -Dfile.encoding=UTF-8";

    /** Found by name while running, so that jdeps does not see it, for TLS; and jcmd for whoever looks at a node. */
    private static final String MORE_MODULES = ",jdk.crypto.ec,jdk.jcmd";

    /** Whoever runs the image wants to reach it from outside of the container, and keep the data. Everything else said goes over it. */
    private static final String CONF_TEXT = """
            # What is different in a container; the environment, mounted files and flags go over it.
            server_address = 0.0.0.0:8080
            metrics_address = 0.0.0.0
            data_store_directory = /data/creek
            """;

    private final Path root;

    private ImageRoot(Path root) {
        this.root = root;
    }

    /** Takes the place of what was there. */
    static void make(Path jar, Path directory) throws Exception {
        if (Files.exists(directory)) {
            CrashCampaign.delete(directory);
        }
        ImageRoot made = new ImageRoot(Files.createDirectories(directory).toRealPath());
        made.link(jar);
        made.addLibraries();
        made.addNames();
        made.addCreek(jar);
        made.settle();
        made.addArchives();
        made.settle();
    }

    /** Of java.desktop, which Creek's libraries touch for JavaBeans, without what draws: it needs X11. */
    private void link(Path jar) throws IOException {
        String[] modules = run(
                        "jdeps", "--print-module-deps", "--ignore-missing-deps", "--multi-release", "17", "" + jar)
                .strip()
                .split("\n");
        run(
                "jlink",
                "--add-modules",
                modules[modules.length - 1] + MORE_MODULES,
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress=2",
                "--exclude-files=glob:/java.desktop/lib/**",
                "--add-options",
                JVM_OPTIONS,
                "--output",
                root.resolve(RUNTIME).toString());
    }

    private static String run(String tool, String... arguments) throws IOException {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        int code = ToolProvider.findFirst(tool)
                .orElseThrow(() -> new IOException("no " + tool + " in this Java; expected a JDK with its jmods"))
                .run(writer, writer, arguments);
        if (code != 0) {
            throw new IOException(tool + " " + String.join(" ", arguments) + ": exit code " + code + ": " + said);
        }
        return said.toString();
    }

    private void addLibraries() throws IOException, InterruptedException {
        for (Path library : SharedLibraries.of(root.resolve(RUNTIME))) {
            copy(library, below(library));
            Path licence = SharedLibraries.licence(library).orElse(null);
            if (licence != null && !Files.exists(below(licence))) {
                copy(licence, below(licence));
            }
        }
    }

    private Path below(Path absolute) {
        return root.resolve(Path.of("/").relativize(absolute));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }

    /** Of the user, and where names of machines are looked up. */
    private void addNames() throws IOException {
        Path etc = Files.createDirectories(root.resolve("etc"));
        Files.writeString(
                etc.resolve("passwd"),
                "root:x:0:0:root:/:/none\ncreek:x:%d:%d:Creek:/data:/none\n".formatted(USER, USER));
        Files.writeString(etc.resolve("group"), "root:x:0:\ncreek:x:%d:\n".formatted(USER));
        Files.writeString(etc.resolve("nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
    }

    private void addCreek(Path jar) throws IOException {
        copy(jar, root.resolve(JAR));
        copy(Path.of("LICENSE"), root.resolve("opt/creek/LICENSE"));
        Files.writeString(root.resolve(CONF), CONF_TEXT);
        Files.createDirectory(root.resolve("data"));
        Files.createDirectory(root.resolve("tmp"));
    }

    private void settle() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                if (!Files.isSymbolicLink(file)) {
                    Files.setLastModifiedTime(file, FileTime.from(TIME));
                }
            }
        }
    }

    /**
     * That of the runtime first, then that of Creek, which lies over it. The latter knows the jar by a path from the root, so that it holds where the image
     * is the root.
     */
    private void addArchives() throws Exception {
        String java = root.resolve(RUNTIME).resolve("bin/java").toString();
        Process dump = new ProcessBuilder(java, "-Xshare:dump", "-XX:+UseG1GC", "-Xlog:disable", "-Xlog:all=error")
                .inheritIO()
                .start();
        if (!dump.waitFor(2, TimeUnit.MINUTES) || dump.exitValue() != 0) {
            dump.destroyForcibly();
            throw new IOException(java + " -Xshare:dump failed");
        }
        ArchiveMain.make(
                List.of("env", "-C", root.toString(), java),
                JAR.toString(),
                root.resolve(ARCHIVE),
                (directory, port) -> {});
    }

    /** The names of all that was laid out, from the root and in order. */
    static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> !file.equals(root))
                    .map(root::relativize)
                    .sorted()
                    .toList();
        }
    }

    static boolean isDirectory(Path file) {
        return Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
    }
}
