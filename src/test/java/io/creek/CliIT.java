package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code creek cli} and {@code creek bench} by the launcher, as in a shell script. */
class CliIT {
    @RegisterExtension
    static final CreekNode NODE = new CreekNode();

    @TempDir
    private Path directory;

    private record Run(int exit, String out, String err) {}

    @BeforeEach
    void empty() throws Exception {
        assertThat(sh("creek cli -p $PORT FLUSHALL").out()).isEqualTo("OK\n");
    }

    /** Runs a script in which {@code creek} is the launcher, and {@code $PORT} the node's. */
    private Run sh(String script) throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "creek() { \"$CREEK\" \"$@\"; }\n" + script)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(Map.of("CREEK", launcher(), "PORT", String.valueOf(NODE.port()), "LANG", "C"));
        Process process = builder.start();
        assertThat(process.waitFor(ServerProcess.SECONDS_MAX, TimeUnit.SECONDS))
                .as(script)
                .isTrue();
        return new Run(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    static String launcher() {
        return Path.of(Objects.requireNonNull(System.getProperty("creek.launcher"), "-Dcreek.launcher"))
                .toAbsolutePath()
                .toString();
    }

    @Test
    void oneCommandAnswersAsItIs() throws Exception {
        assertThat(sh("creek cli -p $PORT SET user 'Älice \"1\"' EX 100")).isEqualTo(new Run(0, "OK\n", ""));
        assertThat(sh("creek cli -p $PORT GET user")).isEqualTo(new Run(0, "Älice \"1\"\n", ""));
        assertThat(sh("creek cli -p $PORT TTL user").out()).matches("(100|[6-9]\\d)\n");
        assertThat(sh("creek cli -p $PORT GET nobody")).isEqualTo(new Run(0, "\n", ""));
        assertThat(sh("creek cli -p $PORT --json MGET user nobody"))
                .isEqualTo(new Run(0, "[\"Älice \\\"1\\\"\",null]\n", ""));
        assertThat(sh("creek cli -p $PORT --json CONFIG GET fsync"))
                .isEqualTo(new Run(0, "{\"fsync\":\"everysec\"}\n", ""));
    }

    @Test
    void bytesPassUnchanged() throws Exception {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        Files.write(directory.resolve("bytes"), bytes);
        assertThat(sh("creek cli -p $PORT -x SET bytes < bytes && creek cli -p $PORT GET bytes > back")
                        .exit())
                .isZero();
        assertThat(Files.readAllBytes(directory.resolve("back")))
                .startsWith(bytes)
                .hasSize(bytes.length + 1);
    }

    @Test
    void anErrorReplyIsOnStandardErrorAndExit1() throws Exception {
        assertThat(sh("creek cli -p $PORT GET"))
                .isEqualTo(new Run(1, "", "creek: ERR wrong number of arguments for 'get' command\n"));
        Run nobody = sh("creek cli -p 1 PING");
        assertThat(nobody.exit()).isEqualTo(1);
        assertThat(nobody.err()).startsWith("creek: localhost:1: ").hasLineCount(1);
    }

    @Test
    void aScriptGoesOnAfterAnError() throws Exception {
        Files.writeString(directory.resolve("script"), "SET a \"two\\nlines\"\nINCR a\nGET a\nMULTI\nINCR n\nEXEC\n");
        assertThat(sh("creek cli -p $PORT < script"))
                .isEqualTo(new Run(
                        1,
                        "OK\nERR value is not an integer or out of range\ntwo\nlines\nOK\nQUEUED\n1\n",
                        "creek: line 2: ERR value is not an integer or out of range\n"));
        assertThat(sh("creek cli -p $PORT --json < script").out()).isEqualTo("""
                        "OK"
                        {"error":"ERR value is not an integer or out of range"}
                        "two\\nlines"
                        "OK"
                        "QUEUED"
                        [2]
                        """);
    }

    @Test
    void keysAreScannedAndAPipeThatIsReadNoMoreIsNoError() throws Exception {
        Files.writeString(directory.resolve("script"), "SET a:1 x\nSET a:2 x\nSET b:1 x\n");
        assertThat(sh("creek cli -p $PORT < script").exit()).isZero();
        assertThat(sh("creek cli -p $PORT --scan --pattern 'a:*' | sort").out()).isEqualTo("a:1\na:2\n");
        assertThat(sh("creek bench -p $PORT --mix 0 --seconds 0.5 --warmup 0 --connections 2 > bench.txt")
                        .exit())
                .isZero();
        assertThat(sh("{ creek cli -p $PORT --scan; echo $? > code; } | head -1; cat code")
                        .out()
                        .lines())
                .hasSize(2)
                .last()
                .isEqualTo("0");
    }

    @Test
    void statAndLatencyEndByTheirCount() throws Exception {
        Run stat = sh("creek cli -p $PORT SET a 1 && creek cli -p $PORT --stat -i 0.2 -n 3");
        assertThat(stat.exit()).isZero();
        assertThat(stat.out().lines().skip(1)).hasSize(4).first().asString().contains("keys", "memory", "requests/s");
        assertThat(stat.out().lines().skip(2)).allMatch(line -> line.matches("\\s+1 +\\S+ +\\d+ +\\d+ +\\d+ +\\d+"));
        Run latency = sh("creek cli -p $PORT --latency -n 20");
        assertThat(latency.out()).matches("min .* p99 .* ms +\\(20 samples\\)\n");
    }

    @Test
    void latencySumsUpWhenItIsInterrupted() throws Exception {
        Run run = sh("\"$CREEK\" cli -p $PORT --latency & sleep 3; kill -INT $!; kill -TERM $!; wait $!");
        assertThat(run.out()).matches("min .* \\(\\d+ samples\\)\n");
    }

    @Test
    void benchKeepsItsRateAndTellsInJson() throws Exception {
        Run run = sh("creek bench -p $PORT --rate 500 --seconds 2 --warmup 0.5 --connections 5 --keys 100 --json");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("\"operations\":([5-9]\\d\\d|1000),")
                .contains("\"p99.99\":", "\"max\":", "\"errors\":0")
                .hasLineCount(1);
        int keys = Integer.parseInt(sh("creek cli -p $PORT DBSIZE").out().strip());
        assertThat(keys).isBetween(30, 100);
    }

    @Test
    void benchSpeaksCreekText() throws Exception {
        Run run = sh("creek bench -p $PORT --text --pipeline 3 --seconds 1 --warmup 0 --connections 2"
                + " --command 'SET text:{key} \"two words\"' --keys 9 && creek cli -p $PORT GET text:3");
        assertThat(run.exit()).as(run.err() + run.out()).isZero();
        assertThat(run.out()).contains("in Creek text", "errors      0\n").endsWith("two words\n");
        Run refused = sh("creek bench -p $PORT --text --seconds 1 --warmup 0 --connections 2 --command 'FOO {key}'");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.out()).contains("throughput  0 operations/s", "the first: ERR unknown command 'FOO'");
    }

    @Test
    void benchTellsErrorsAndALineEveryFiveSeconds() throws Exception {
        Run run = sh("creek bench -p $PORT --rate 50 --seconds 6 --warmup 0 --connections 2 --command 'FOO {key}'");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out())
                .contains("throughput  0 operations/s", "ERR unknown command 'FOO'")
                .containsPattern("errors      (2\\d\\d|300)\n");
        assertThat(run.err()).matches("5\\.\\d s  \\d+ operations/s  p99 .* ms\n");
    }

    @Test
    void theServerIsASubcommandTooAndAnUnknownOneIsToldTheNearest() throws Exception {
        assertThat(sh("creek server --version").out()).startsWith("creek ");
        assertThat(sh("creek server -prot 1").err()).contains("flag -prot: unknown key, did you mean port?");
        assertThat(sh("creek sever"))
                .isEqualTo(new Run(2, "", "creek: sever: unknown subcommand, did you mean server?\n"));
        assertThat(sh("creek help").out()).contains("cli", "bench", "dump", "check", "server");
        Run completion = sh("creek generate-completion > completion && bash -n completion");
        assertThat(completion).isEqualTo(new Run(0, "", ""));
    }
}
