package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.CreekConfig;
import io.creek.config.RunningConfig;
import io.creek.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code conf/creek.service}: that Creek takes what it says, and, where systemd's tools are there, what these say of it. */
final class ServiceUnitTest {
    private static final Path UNIT = Path.of("conf/creek.service");

    private static final String LAUNCHER = "/opt/creek/creek";

    /** Of 100, which are tenths of what it shows; below 20 is its "OK". */
    private static final int EXPOSURE_MAX = 20;

    @TempDir
    private Path directory;

    private record Said(int exit, String text) {}

    private static String value(String key) throws IOException {
        return Files.readAllLines(UNIT).stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key));
    }

    @Test
    void theServerTakesItsCommandLine() throws IOException {
        String command = value("ExecStart");
        assertThat(command).startsWith(LAUNCHER + " ");
        String[] arguments = command.substring(LAUNCHER.length() + 1).split(" ");

        CreekConfig config = new RunningConfig(ConfigSources.read(CommandLine.parse(arguments), Map.of())).get();

        assertThat(config.dataDirectory().getParent()).isEqualTo(Path.of("/var/lib", value("StateDirectory")));
        assertThat(value("Environment")).isEqualTo("CREEK_CONF_FILE=/etc/creek/creek.conf");
    }

    @Test
    void itWaitsForTheEndAndRepeatsNoStartThatMustFail() throws IOException {
        assertThat(Long.parseLong(value("TimeoutStopSec")) * 1_000).isGreaterThan(Exit.STOP_MILLIS_MAX);
        assertThat(value("RestartPreventExitStatus"))
                .isEqualTo(StartupException.CONFIGURATION + " " + StartupException.DATA_DIRECTORY);
    }

    @Test
    void systemdTakesIt() throws Exception {
        Said said = analyze(Files.readString(UNIT), "verify");

        assertThat(said.text()).isEmpty();
        assertThat(said.exit()).isZero();
    }

    @Test
    void systemdFindsLittleThatItMayDo() throws Exception {
        Said said = analyze(Files.readString(UNIT), "security", "--offline=true", "--threshold=" + EXPOSURE_MAX);

        assertThat(said.exit()).as(said.text()).isZero();
    }

    /** That the two above find what they are there for. */
    @ParameterizedTest
    @CsvSource({
        "RestrictRealtime=true, RestrictRealTime=true, verify, RestrictRealTime",
        "Type=exec, Type=exact, verify, exact",
    })
    void aPlantedMistakeIsFound(String right, String wrong, String command, String told) throws Exception {
        String unit = Files.readString(UNIT);
        assertThat(unit).contains(right);

        assertThat(analyze(unit.replace(right, wrong), command).text()).contains(told);
    }

    @Test
    void anOpenUnitIsTooExposed() throws Exception {
        String open =
                Files.readString(UNIT).replaceAll("(?m)^(Protect|Private|Restrict|System|Capability)\\w+=.*$", "");

        assertThat(analyze(open, "security", "--offline=true", "--threshold=" + EXPOSURE_MAX)
                        .exit())
                .isNotZero();
    }

    /** Of the unit with a command that is there, as systemd asks of it. */
    private Said analyze(String unit, String... command) throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/systemd-analyze")),
                "conf/creek.service not verified: found no /usr/bin/systemd-analyze");
        Path file = directory.resolve("creek.service");
        Files.writeString(file, unit.replace(LAUNCHER + " ", "/bin/true "));
        Path out = directory.resolve("said");
        List<String> words = new ArrayList<>(List.of("/usr/bin/systemd-analyze"));
        words.addAll(List.of(command));
        words.add(file.toString());
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(words + ": expected to end within 30 s");
        }
        return new Said(process.exitValue(), Files.readString(out));
    }
}
