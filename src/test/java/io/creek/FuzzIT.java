package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A few seconds of every fuzz target. What it finds stays among the kept inputs, and fails the target's own test from then on. */
@Timeout(300)
final class FuzzIT {
    private static final int SECONDS = 3;
    private static final int SECONDS_TO_FIND = 120;

    @TempDir
    private Path directory;

    static List<String> targets() throws IOException {
        return FuzzRun.targets();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void nothingIsFound(String target) throws Exception {
        FuzzRun run = FuzzRun.of(target, directory, SECONDS);
        assertThat(run.found()).as(run.output()).isFalse();
        assertThat(run.executions())
                .as(run.output())
                .isGreaterThanOrEqualTo(FuzzCorpus.inputs(target).size());
    }

    /** Else it might as well run nothing. */
    @Test
    void aPlantedFaultIsFound() throws Exception {
        Path planted = PlantedFault.compile(
                directory.resolve("planted"),
                Path.of("src/main/java/io/creek/protocol/InlineArguments.java"),
                "if (position < to && !isSpace(line[position])) {",
                "if (!isSpace(line[position])) {");
        FuzzRun run = FuzzRun.planted("io.creek.protocol.InlineArgumentsFuzzTest", planted, directory, SECONDS_TO_FIND);
        assertThat(run.found()).as(run.output()).isTrue();
        assertThat(run.output()).contains("== Java Exception: ");
    }
}
