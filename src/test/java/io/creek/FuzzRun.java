package io.creek;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What became of one run of Jazzer over one target, in a JVM of its own: inputs made so that they reach branches that none reached before.
 *
 * @param executions how many inputs were played
 * @param found whether one of them made the target throw, hang, or take more memory than it may
 * @param output what Jazzer printed
 */
record FuzzRun(long executions, boolean found, String output) {
    private static final Path SOURCES = Path.of("src/test/java");

    /** A single input that takes longer hangs. On a busy machine the first one takes seconds, in which Jazzer rewrites the classes. */
    private static final int INPUT_SECONDS_MAX = 60;

    /** For the JVM to start, the kept inputs to be played, and the last input to end. */
    private static final int SPARE_SECONDS = 300;

    /** Checks of Jazzer's own, for faults of other kinds of programs; some rewrite classes of the JDK, and it does not know those of every JDK. */
    private static final String CHECKS_NOT_WANTED = Stream.of(
                    "ClojureLangHooks",
                    "Deserialization",
                    "ExpressionLanguageInjection",
                    "LdapInjection",
                    "NamingContextLookup",
                    "OsCommandInjection",
                    "ReflectiveCall",
                    "RegexInjection",
                    "RegexRoadblocks",
                    "ScriptEngineInjection",
                    "ServerSideRequestForgery",
                    "SqlInjection",
                    "XPathInjection")
            .map("com.code_intelligence.jazzer.sanitizers."::concat)
            .collect(Collectors.joining(":"));

    /** Nothing, an input that hangs, that takes too much memory, that fails; a run that was ended from outside has others, and leaves an input too. */
    private static final List<Integer> EXIT_CODES = List.of(0, 70, 71, 77);

    /** Where Jazzer puts what it found. */
    private static final String FOUND = "found";

    private static final Pattern EXECUTIONS = Pattern.compile("(?m)^stat::number_of_executed_units: (\\d+)");

    /** The class names of all targets. */
    static List<String> targets() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith("FuzzTest.java"))
                    .map(file -> SOURCES.relativize(file)
                            .toString()
                            .replace(".java", "")
                            .replace(File.separator, "."))
                    .sorted()
                    .toList();
        }
    }

    /** Runs for so long, from the kept inputs; what fails is kept with them. */
    static FuzzRun of(String target, Path directory, int seconds) throws IOException, InterruptedException {
        Path kept = FuzzCorpus.directory(target);
        FuzzRun run = run(target, List.of(), directory, kept, seconds);
        if (run.found) {
            try (Stream<Path> inputs = Files.list(directory.resolve(FOUND))) {
                for (Path input : inputs.toList()) {
                    Files.move(
                            input,
                            kept.resolve(directory.resolve(FOUND).relativize(input)),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return run;
    }

    /** Runs over classes with a fault planted in them, from nothing; what fails stays below the directory. */
    static FuzzRun planted(String target, Path classes, Path directory, int seconds)
            throws IOException, InterruptedException {
        Path none = Files.createDirectories(directory.resolve("none"));
        return run(target, List.of(classes), directory, none, seconds);
    }

    private static FuzzRun run(String target, List<Path> planted, Path directory, Path kept, int seconds)
            throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(directory.resolve("corpus"));
        Path found = Files.createDirectories(directory.resolve(FOUND));
        try (Stream<Path> ofOneThatWasEnded = Files.list(found)) {
            for (Path input : ofOneThatWasEnded.toList()) {
                Files.delete(input);
            }
        }
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command(target, planted, corpus, kept, found, seconds))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(seconds + SPARE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(
                        target + ": expected to end after " + seconds + " s, actual still running: " + text(output));
            }
        } finally {
            process.destroyForcibly();
        }
        String text = text(output);
        Matcher executions = EXECUTIONS.matcher(text);
        if (!executions.find() || !EXIT_CODES.contains(process.exitValue())) {
            throw new AssertionError(
                    target + ": expected a count of executions, actual exit code " + process.exitValue() + ": " + text);
        }
        return new FuzzRun(Long.parseLong(executions.group(1)), process.exitValue() != 0, text);
    }

    private static List<String> command(
            String target, List<Path> planted, Path corpus, Path kept, Path found, int seconds) {
        String classPath = Stream.concat(
                        planted.stream().map(Path::toString), Stream.of(System.getProperty("java.class.path")))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // Less than what Jazzer takes for a fault, 2 GiB, with its own memory; one thread collects, as others
                // fuzz beside it.
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=512m",
                "-XX:+UseSerialGC",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-XX:+EnableDynamicAgentLoading",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "-cp",
                classPath,
                "com.code_intelligence.jazzer.Jazzer"));
        command.addAll(List.of(
                "--target_class=" + target,
                "--instrumentation_includes=io.creek.**",
                "--custom_hook_includes=io.creek.**",
                "--disabled_hooks=" + CHECKS_NOT_WANTED,
                "--reproducer_path=" + corpus.getParent(),
                "-max_total_time=" + seconds,
                "-timeout=" + INPUT_SECONDS_MAX,
                "-print_final_stats=1",
                "-artifact_prefix=" + found.toAbsolutePath() + File.separator,
                corpus.toString(),
                kept.toString()));
        return command;
    }

    private static String text(Path output) throws IOException {
        return Files.readString(output, StandardCharsets.ISO_8859_1);
    }
}
