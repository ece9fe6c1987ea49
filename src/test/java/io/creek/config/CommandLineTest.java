package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @ParameterizedTest
    @ValueSource(strings = {"-fsync always", "--fsync always", "-fsync=always", "--fsync=always"})
    void everySpellingOfAFlagIsAKey(String arguments) {
        CommandLine commandLine = CommandLine.parse(arguments.split(" "));

        assertThat(commandLine.layer().problems()).isEmpty();
        assertThat(commandLine.layer().assignments()).singleElement().satisfies(assignment -> {
            assertThat(assignment.key()).isEqualTo("fsync");
            assertThat(assignment.value()).isEqualTo("always");
            assertThat(assignment.place()).matches("flag --?fsync");
        });
    }

    @Test
    void takesWhatTheStockLauncherTook() {
        CommandLine commandLine =
                CommandLine.parse("run", "io.creek.MainVerticle", "-cluster", "-instances", "1", "-conf", "x.json");

        assertThat(commandLine.layer()).isEqualTo(CommandLine.parse().layer());
        assertThat(commandLine.cluster()).isTrue();
        assertThat(commandLine.confFile()).contains("x.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "-help", "--help", "-port --help"})
    void helpIsAskedForInSeveralWays(String arguments) {
        assertThat(CommandLine.parse(arguments.split(" ")).help()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-version", "--version"})
    void versionIsAskedForInTwoWays(String argument) {
        assertThat(CommandLine.parse(argument).version()).isTrue();
    }

    @Test
    void valuesMayBeEmptyNegativeOrHoldAnEqualsSign() {
        assertThat(CommandLine.parse("-peer_nodes=", "-shards", "-1", "--data_store_directory=a=b")
                        .layer()
                        .assignments())
                .extracting(Assignment::value)
                .containsExactly("", "-1", "a=b");
    }

    @Test
    void everyMistakeIsTold() {
        CommandLine commandLine = CommandLine.parse(
                "serve",
                "-fsync",
                "-fsnyc",
                "always",
                "-ha",
                "-instances",
                "2",
                "--instances",
                "-conf",
                "a",
                "-conf=b",
                "run",
                "io.creek.Other",
                "-conf");

        assertThat(commandLine.layer().problems())
                .containsExactly(
                        "argument serve: expected a flag, creek --help lists them",
                        "flag -fsync: expected a value: always, everysec or no",
                        "flag -fsnyc: unknown key, did you mean fsync?",
                        "flag -ha: unknown key, creek --help lists all",
                        "flag -instances: instances = 2: expected 1, shards and event_loops are the keys that spread the"
                                + " work",
                        "flag --instances: instances = : expected 1, shards and event_loops are the keys that spread the"
                                + " work",
                        "flag -conf: conf = b: repeated flag",
                        "argument run: expected a flag, creek --help lists them",
                        "argument io.creek.Other: expected a flag, creek --help lists them",
                        "flag -conf: expected a file");
    }
}
