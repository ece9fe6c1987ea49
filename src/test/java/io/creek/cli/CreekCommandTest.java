package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of subcommands, their help, and what is said of arguments that nobody takes. */
final class CreekCommandTest {
    private final TestContext process = new TestContext();

    @ParameterizedTest
    @CsvSource({"dmup, dump", "chekc, check", "clii, cli", "bnech, bench", "sever, server"})
    void anUnknownSubcommandIsToldTheNearest(String typed, String meant) {
        assertThat(process.run(typed, "-port", "8081")).isEqualTo(2);
        assertThat(process.err()).isEqualTo("creek: " + typed + ": unknown subcommand, did you mean " + meant + "?\n");
        assertThat(process.out()).isEmpty();
    }

    @Test
    void helpOnAnUnknownSubcommandTellsTheNearest() {
        assertThat(process.run("help", "clii")).isEqualTo(2);
        assertThat(process.err()).isEqualTo("creek: clii: unknown subcommand, did you mean cli?\n");
    }

    @Test
    void oneThatIsLikeNoOtherIsToldWhereToLook() {
        assertThat(process.run("8081")).isEqualTo(2);
        assertThat(process.err()).isEqualTo("creek: 8081: unknown subcommand, creek help lists all\n");
    }

    @Test
    void helpListsAllSubcommands() {
        assertThat(process.run("help")).isZero();
        assertThat(process.out()).contains("server", "check", "dump", "cli", "bench", "generate-completion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "dump", "cli", "bench"})
    void everySubcommandHasHelpWithExamples(String name) {
        assertThat(process.run(name, "--help")).isZero();
        assertThat(process.out()).startsWith("Usage: creek " + name).contains("Examples:", "Exit codes:");
        assertThat(process.err()).isEmpty();
        TestContext other = new TestContext();
        assertThat(other.run("help", name)).isZero();
        assertThat(other.out()).isEqualTo(process.out());
    }

    @Test
    void theServerThatIsReadHasTheFlagsOfTheOneThatIsWritten() {
        assertThat(process.run("import", "--help")).isZero();
        assertThat(process.out())
                .contains(
                        "--cacert=FILE",
                        "--from-cacert=FILE",
                        "With --from-tls: the authorities",
                        "CREEK_FROM_PASSWORD")
                .contains("--from=HOST:PORT", "--from-database=NUMBER", "a millisecond or two off")
                .doesNotContain("--from-from", "--from-host", "--from-help");
    }

    @Test
    void anUnknownFlagIsToldTheNearest() {
        assertThat(process.run("cli", "--prot", "8081")).isEqualTo(2);
        assertThat(process.err()).isEqualTo("creek: creek cli: flag --prot: unknown flag, did you mean --port?\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cli --port 0 PING | flag --port: expected 1 to 65535, actual 0",
                "cli -p | flag --port: expected a value",
                "cli --stat GET a | cli: expected one of --stat, --latency, --scan and a command",
                "cli -x | cli: flag -x: expected a command behind it, to which standard input is the last argument",
                "cli --pattern a GET a | cli: flag --pattern: expected with --scan",
                "cli -n 3 GET a | cli: flags --interval and --count: expected with --stat or --latency",
                "cli --cacert ca.pem PING | flags --cacert, --cert, --key and --insecure: expected with --tls",
                "cli --tls --cert me.pem PING | flags --cert and --key: expected both, or none",
                "cli --tls --cert /nope --key /nope PING | flag --cert: /nope: no such file",
                "import --from a:1 --from-tls --from-cacert /no--pe | flag --from-cacert: /no--pe: no such file",
                "import --from LOCALHOST:8080 | import: flag --from: expected another server than the node, actual LOCALHOST:8080 for both",
                "bench --mix 101 | bench: flag --mix: expected 0 to 100",
                "bench --rate fast | flag --rate: 'fast' is not a long",
                "bench --command 'GET | bench: flag --command: expected closing quotes, and a space behind them",
                "bench --text --user shop | bench: flag --text: expected without --password and --user",
                "bench now | creek bench: now: expected a flag, creek bench --help lists them",
            })
    void argumentsThatContradictAreRefused(String line, String problem) {
        assertThat(process.run(line.strip().split(" "))).isEqualTo(2);
        assertThat(process.err()).isEqualTo("creek: " + problem.strip() + "\n");
    }

    @Test
    void aBenchThatDoesNotFitTheHeapIsRefused() {
        assertThat(process.run("bench", "--value-bytes", "8000000", "--pipeline", "10000"))
                .isEqualTo(2);
        assertThat(process.err())
                .startsWith("creek: bench: flag --value-bytes: ")
                .contains("larger heap");
    }

    @Test
    void completionKnowsSubcommandsAndTheirFlags() {
        assertThat(process.run("generate-completion")).isZero();
        assertThat(process.out()).contains("complete -F", "--latency", "--repair", "--pipeline", "bench");
    }
}
