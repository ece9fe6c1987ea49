package io.creek;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the launcher from the outside, with a java on PATH that tells its arguments, one a line, and with /proc and /sys
 * of a machine made up for the test.
 */
final class LauncherTest {

    private static final Path LAUNCHER = Path.of("src/main/launcher/creek");

    /** What the launcher calls, apart from java. */
    private static final String[] COMMANDS = {"cat", "dirname", "readlink", "sed"};

    @TempDir
    Path directory;

    private Path home;
    private Path path;
    private Path machine;
    private int processors;

    private record Run(long pid, int exit, String stdout, String stderr) {}

    @BeforeEach
    void layOut() throws IOException {
        // As the system tells it, since the launcher resolves links on the way to itself.
        Path real = directory.toRealPath();
        home = Files.createDirectory(real.resolve("home of creek"));
        path = Files.createDirectory(real.resolve("path"));
        machine = Files.createDirectory(real.resolve("machine"));
        Files.copy(LAUNCHER, home.resolve("creek"));
        Files.writeString(home.resolve("creek-fat.jar"), "");
        for (String command : COMMANDS) {
            script(command, "exec " + locate(command) + " \"$@\"\n");
        }
        processors = 4;
        memory(16 * 1024);
    }

    @Test
    void becomesJavaWithTheJarBesideItAndAllArguments() throws Exception {
        java("17.0.15");

        Run run = launch(Map.of(), "run", "two words", "*", "", "-conf", "a\"b");

        assertThat(run.exit()).isZero();
        assertThat(run.stdout())
                .endsWith("\n-jar\n" + home.resolve("creek-fat.jar") + "\nrun\ntwo words\n*\n\n-conf\na\"b\n");
    }

    @Test
    void exitStatusIsCreeks() throws Exception {
        script("java", "[ \"$1\" != -version ] || { echo 'openjdk version \"17\"' >&2; exit 0; }\nexit 3\n");

        assertThat(launch(Map.of()).exit()).isEqualTo(3);
    }

    @Test
    void theProcessBecomesJavaSoThatSignalsReachIt() throws Exception {
        script("java", "[ \"$1\" != -version ] || { echo 'openjdk version \"17\"' >&2; exit 0; }\necho $$\n");

        Run run = launch(Map.of());

        assertThat(run.stdout()).isEqualTo(run.pid() + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "17.0.15", "21.0.1", "25", "25.0.3", "26-ea", "100.0.1"})
    void takesJava17AndLater(String version) throws Exception {
        java(version);

        assertThat(launch(Map.of()).exit()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.0.2", "11.0.23", "9", "1.8.0_402"})
    void refusesAnOlderJavaSayingWhichAndWhere(String version) throws Exception {
        java(version);

        Run run = launch(Map.of());

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr())
                .isEqualTo("creek: needs Java 17 or later, found " + version + " at " + path.resolve("java")
                        + "; install a newer one, or set JAVA_HOME\n");
    }

    @Test
    void saysSoWhenThereIsNoJava() throws Exception {
        Run run = launch(Map.of());

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.stderr())
                .isEqualTo("creek: found no java on PATH; install Java 17 or later, or set JAVA_HOME\n");
    }

    @Test
    void saysSoWhenJavaDoesNotRun() throws Exception {
        script("java", "echo 'libjvm.so: cannot open' >&2; exit 1\n");

        Run run = launch(Map.of());

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.stderr()).contains("java -version failed, saying: libjvm.so: cannot open");
    }

    @Test
    void javaHomeComesBeforePath() throws Exception {
        java("11.0.1");
        Path jdk = Files.createDirectories(directory.resolve("my jdk/bin"));
        Files.move(path.resolve("java"), jdk.resolve("java"));
        java("25");
        Map<String, String> javaHome =
                Map.of("JAVA_HOME", directory.resolve("my jdk").toString());

        assertThat(launch(javaHome).stderr()).contains("found 11.0.1 at " + jdk.resolve("java"));
    }

    @Test
    void aJavaHomeWithoutJavaIsNotPassedOver() throws Exception {
        java("25");

        Run run = launch(Map.of("JAVA_HOME", "/no/such/jdk"));

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.stderr()).startsWith("creek: JAVA_HOME is /no/such/jdk, but there is no /no/such/jdk/bin/java;");
    }

    @Test
    void readsTheVersionAfterOtherWords() throws Exception {
        script(
                "java",
                "echo 'Picked up JAVA_TOOL_OPTIONS: -Dx=1' >&2; echo 'openjdk version \"17.0.1\" 2021-10-19' >&2\n");

        assertThat(launch(Map.of()).exit()).isZero();
    }

    @Test
    void isFoundThroughSymbolicLinks() throws Exception {
        java("17");
        Path bin = Files.createDirectories(directory.resolve("usr/bin"));
        Path absolute = Files.createSymbolicLink(bin.resolve("creek-1"), home.resolve("creek"));
        Path relative = Files.createSymbolicLink(bin.resolve("creek"), Path.of("creek-1"));

        for (Path link : new Path[] {absolute, relative}) {
            assertThat(launch(link, Map.of()).stdout()).contains("-jar\n" + home.resolve("creek-fat.jar") + "\n");
        }
    }

    @Test
    void saysWhichJarIsMissing() throws Exception {
        java("17");
        Files.delete(home.resolve("creek-fat.jar"));

        Run run = launch(Map.of());

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.stderr()).startsWith("creek: cannot read " + home.resolve("creek-fat.jar") + ",");
    }

    @Test
    void optionsOfTheUserComeLast() throws Exception {
        java("17");
        // What an unguarded -Dglob=* would become.
        Files.writeString(directory.resolve("-Dglob=found"), "");

        Run run = launch(Map.of("CREEK_JAVA_OPTS", "-Xmx1g  -Dglob=*\n-XX:MaxDirectMemorySize=2g"));

        assertThat(run.stdout()).contains("\n-Xmx1g\n-Dglob=*\n-XX:MaxDirectMemorySize=2g\n-jar\n");
        assertThat(run.stdout()).containsSubsequence("-Xmx2048m\n", "-Xmx1g\n");
    }

    @Test
    void aCollectorOfTheUserReplacesOurs() throws Exception {
        java("17");

        assertThat(launch(Map.of("CREEK_JAVA_OPTS", "-Da=b -XX:+UseZGC")).stdout())
                .contains("-XX:+UseZGC")
                .doesNotContain("UseG1GC")
                .doesNotContain("UseSerialGC");
    }

    @ParameterizedTest
    @CsvSource({"17.0.1, true", "17.0.2, false"})
    void theArchiveOfClassesIsForTheJavaThatMadeIt(String version, boolean given) throws Exception {
        java("17.0.1");
        Process made = new ProcessBuilder(path.resolve("java").toString(), "-version")
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("creek.jsa.version").toFile())
                .start();
        assertThat(made.waitFor()).isZero();
        Files.writeString(home.resolve("creek.jsa"), "");
        java(version);

        assertThat(launch(Map.of()).stdout().contains("\n-XX:SharedArchiveFile=" + home.resolve("creek.jsa") + "\n"))
                .isEqualTo(given);
    }

    @Test
    void aJdkIsNotAskedWhatItsReleaseFileSays() throws Exception {
        Path jdk = Files.createDirectories(home.resolve("jdk"));
        java("16");
        Files.move(
                path.resolve("java"), Files.createDirectory(jdk.resolve("bin")).resolve("java"));
        String release = "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"25.0.3\"\nJAVA_VERSION_DATE=\"2026-04-21\"\n";
        Files.writeString(jdk.resolve("release"), release);
        Files.writeString(home.resolve("creek.jsa"), "");
        Files.writeString(home.resolve("creek.jsa.version"), release);

        assertThat(launch(Map.of("JAVA_HOME", jdk.toString())).stdout())
                .contains("--sun-misc-unsafe-memory-access=allow\n")
                .contains("\n-XX:SharedArchiveFile=" + home.resolve("creek.jsa") + "\n");

        Files.writeString(jdk.resolve("release"), release.replace("25.0.3", "11.0.1"));
        Run refused = launch(Map.of("JAVA_HOME", jdk.toString()));
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.stderr()).contains("needs Java 17 or later, found 11.0.1");

        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Nobody\"\n");
        assertThat(launch(Map.of("JAVA_HOME", jdk.toString())).stderr()).contains("found 16");
    }

    @ParameterizedTest
    @CsvSource({"17.0.1, false", "22, false", "23, true", "25.0.3, true"})
    void anOptionIsGivenToTheJavaThatKnowsIt(String version, boolean given) throws Exception {
        java(version);

        assertThat(launch(Map.of()).stdout().contains("--sun-misc-unsafe-memory-access=allow\n"))
                .isEqualTo(given);
    }

    @ParameterizedTest
    @CsvSource({
        "256, 64, 96, 32",
        "512, 128, 192, 64",
        "1024, 256, 384, 128",
        "2048, 256, 1024, 256",
        "8192, 1024, 4096, 1024",
        "16384, 2048, 8192, 2048",
        "262144, 4096, 131072, 32768",
    })
    void memoryIsSharedOut(int machineMib, int heapMib, int directMib, int networkMib) throws Exception {
        java("17");
        memory(machineMib);

        assertThat(launch(Map.of()).stdout())
                .contains("-Xmx" + heapMib + "m\n")
                .contains("-XX:MaxDirectMemorySize=" + directMib + "m\n")
                .contains("-Dio.netty.maxDirectMemory=" + networkMib * 1024L * 1024 + "\n");
    }

    @Test
    void aLimitOfTheControlGroupBinds() throws Exception {
        java("17");
        file("proc/self/cgroup", "0::/system.slice/creek.service\n");
        file("sys/fs/cgroup/system.slice/creek.service/memory.max", "8589934592\n");

        assertThat(launch(Map.of()).stdout()).contains("-Xmx1024m\n");
    }

    @Test
    void aLimitOfAParentGroupBinds() throws Exception {
        java("17");
        file("proc/self/cgroup", "0::/kubepods/pod7/creek\n");
        file("sys/fs/cgroup/kubepods/pod7/creek/memory.max", "max\n");
        file("sys/fs/cgroup/kubepods/memory.max", "8589934592\n");

        assertThat(launch(Map.of()).stdout()).contains("-Xmx1024m\n");
    }

    @Test
    void inAContainerTheLimitStandsAtTheRoot() throws Exception {
        java("17");
        file("proc/self/cgroup", "0::/docker/7f3a\n");
        file("sys/fs/cgroup/memory.max", "8589934592\n");

        assertThat(launch(Map.of()).stdout()).contains("-Xmx1024m\n");
    }

    @Test
    void aLimitOfVersion1Binds() throws Exception {
        java("17");
        file("proc/self/cgroup", "5:devices:/\n4:cpu,memory:/docker/7f3a\n1:name=systemd:/\n0::/\n");
        file("sys/fs/cgroup/memory/docker/7f3a/memory.limit_in_bytes", "8589934592\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        assertThat(launch(Map.of()).stdout()).contains("-Xmx1024m\n");
    }

    @Test
    void aLimitAboveTheMachineDoesNotBind() throws Exception {
        java("17");
        file("proc/self/cgroup", "4:memory:/\n0::/\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        file("sys/fs/cgroup/memory.max", "99999999999999\n");

        assertThat(launch(Map.of()).stdout()).contains("-Xmx2048m\n");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 16384, max 100000, UseSerialGC",
        "2, 16384, max 100000, UseSerialGC",
        "3, 16384, max 100000, UseG1GC",
        "8, 2048, max 100000, UseSerialGC",
        "8, 16384, 50000 100000, UseSerialGC",
        "8, 16384, 100000 100000, UseSerialGC",
        "8, 16384, 150000 100000, UseSerialGC",
        "8, 16384, 250000 100000, UseG1GC",
    })
    void theCollectorFitsTheMachine(int processors, int memoryMib, String quota, String collector) throws Exception {
        java("17");
        this.processors = processors;
        memory(memoryMib);
        file("sys/fs/cgroup/cpu.max", quota + "\n");

        assertThat(launch(Map.of()).stdout()).contains("-XX:+" + collector + "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "17, false",
        "17.0.11, false",
        "17.0.12, true",
        "20.0.2, false",
        "21.0.3, false",
        "21.0.4, true",
        "22.0.2, false",
        "23, true",
        "25.0.3, true"
    })
    void aSmallMachineGetsBackWhatTheLibraryKeeps(String version, boolean given) throws Exception {
        java(version);
        this.processors = 2;

        assertThat(launch(Map.of()).stdout().contains("\n-XX:TrimNativeHeapInterval=5000\n"))
                .isEqualTo(given);
        assertThat(launch(Map.of("CREEK_JAVA_OPTS", "-XX:+UseG1GC")).stdout()).doesNotContain("TrimNative");
        this.processors = 8;
        assertThat(launch(Map.of()).stdout()).doesNotContain("TrimNative");
    }

    @ParameterizedTest
    @CsvSource({"2, , 2", "2, 7, 7", "8, , none"})
    void theLibraryKeepsLessOnASmallMachine(int processors, String given, String expected) throws Exception {
        script("java", """
                if [ "$1" = -version ]; then
                  echo 'openjdk version "17"' >&2
                  exit 0
                fi
                echo "${MALLOC_ARENA_MAX:-none}"
                """);
        this.processors = processors;

        assertThat(launch(given == null ? Map.of() : Map.of("MALLOC_ARENA_MAX", given))
                        .stdout())
                .isEqualTo(expected + "\n");
    }

    @Test
    void theHeapOfASmallMachineBeginsSmall() throws Exception {
        java("17");
        this.processors = 2;

        assertThat(launch(Map.of()).stdout()).contains("-XX:+UseSerialGC\n-Xms96m\n-XX:NewSize=10m\n");
        assertThat(launch(Map.of("CREEK_JAVA_OPTS", "-Xmx64m")).stdout()).doesNotContain("-Xms");
        assertThat(launch(Map.of("CREEK_JAVA_OPTS", "-XX:MaxHeapSize=64m")).stdout())
                .doesNotContain("-Xms");
        assertThat(launch(Map.of("CREEK_JAVA_OPTS", "-XX:+UseG1GC")).stdout()).doesNotContain("-Xms");
        this.processors = 8;
        assertThat(launch(Map.of()).stdout()).doesNotContain("-Xms");
    }

    @Test
    void aSubcommandThatTalksToANodeIsASmallProcess() throws Exception {
        java("25");

        assertThat(launch(Map.of("LANG", "C"), "cli", "GET", "two words").stdout())
                .isEqualTo("-Xmx64m\n-XX:TieredStopAtLevel=1\n-XX:+UseSerialGC\n-Dfile.encoding=UTF-8\n-jar\n"
                        + home.resolve("creek-fat.jar") + "\ncli\nGET\ntwo words\n");
        assertThat(launch(Map.of("CREEK_JAVA_OPTS", "-XX:+UseZGC"), "bench").stdout())
                .isEqualTo("-Xmx256m\n-Dfile.encoding=UTF-8\n-XX:+UseZGC\n-jar\n" + home.resolve("creek-fat.jar")
                        + "\nbench\n");
        assertThat(launch(Map.of(), "dump").stdout()).contains("-Xmx2048m\n");
    }

    @ParameterizedTest
    @CsvSource({"C, C.UTF-8", "POSIX, C.UTF-8", "'', C.UTF-8", "de_DE.UTF-8, unset"})
    void whatASubcommandReadsIsUtf8WhereNoLocaleSaysSo(String locale, String expected) throws Exception {
        script(
                "java",
                "[ \"$1\" != -version ] || { echo 'openjdk version \"17\"' >&2; exit 0; }\necho ${LC_ALL:-unset}\n");

        assertThat(launch(Map.of("LANG", locale), "cli").stdout()).isEqualTo(expected + "\n");
    }

    private void memory(int mib) throws IOException {
        file("proc/meminfo", "MemTotal:       " + mib * 1024L + " kB\nMemFree: 1024 kB\n");
    }

    private void file(String name, String content) throws IOException {
        Path file = machine.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void java(String version) throws IOException {
        script("java", """
                if [ "$1" = -version ]; then
                  echo 'openjdk version "%s" 2026-01-01' >&2
                  echo 'OpenJDK Runtime Environment (build x)' >&2
                  exit 0
                fi
                for argument; do printf '%%s\\n' "$argument"; done
                """.formatted(version));
    }

    private void script(String name, String body) throws IOException {
        Path script = path.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + body);
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    private Run launch(Map<String, String> environment, String... arguments) throws Exception {
        return launch(home.resolve("creek"), environment, arguments);
    }

    private Run launch(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        script("nproc", "echo " + processors + "\n");
        String[] command = new String[arguments.length + 1];
        command[0] = launcher.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Path stdout = directory.resolve("stdout");
        Path stderr = directory.resolve("stderr");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
        builder.directory(directory.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", path.toString());
        builder.environment().put("CREEK_SYSROOT", machine.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the launcher did not end within 20 s");
        }
        return new Run(
                process.pid(), process.exitValue(), Files.readString(stdout, UTF_8), Files.readString(stderr, UTF_8));
    }

    private static Path locate(String command) {
        for (String directory : new String[] {"/usr/bin", "/bin"}) {
            Path file = Path.of(directory, command);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new AssertionError("no " + command + " in /usr/bin or /bin");
    }
}
