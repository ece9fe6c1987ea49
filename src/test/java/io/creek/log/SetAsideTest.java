package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SetAsideTest {
    @TempDir
    Path path;

    private DataDirectory open() throws IOException {
        return DataDirectory.open(path, new SecureRandom());
    }

    private long writeSomething() throws IOException {
        try (DataDirectory directory = open()) {
            Files.writeString(path.resolve("log/something"), "data");
            directory.setAsideAtNextStart(17);
            return directory.nodeNumber();
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void theNextStartIsANewNodeAndTheDataIsKeptElsewhere() throws IOException {
        long before = writeSomething();
        try (DataDirectory directory = open()) {
            assertThat(directory.nodeNumber()).isNotEqualTo(before);
            assertThat(directory.setAside().orElseThrow())
                    .contains("set-aside/%016x-17".formatted(before))
                    .contains("1 log files");
            assertThat(isEmpty(path.resolve("log"))).isTrue();
        }
        Path aside = path.resolve("set-aside/%016x-17".formatted(before));
        assertThat(aside.resolve("log/something")).hasContent("data");
        assertThat(aside.resolve("node")).exists();
        try (DataDirectory directory = open()) {
            assertThat(directory.setAside()).as("once").isEmpty();
        }
    }

    @Test
    void aStartThatWasKilledInBetweenIsGoneOnWith() throws IOException {
        long before = writeSomething();
        Path aside = path.resolve("set-aside/%016x-17".formatted(before));
        Files.createDirectories(aside);
        Files.move(path.resolve("node"), aside.resolve("node"));
        try (DataDirectory directory = open()) {
            assertThat(directory.nodeNumber()).isNotEqualTo(before);
            assertThat(directory.setAside()).isPresent();
        }
        assertThat(aside.resolve("log/something")).hasContent("data");
    }

    @Test
    void whatAsksForAnotherPlaceIsRefused() throws IOException {
        writeSomething();
        Files.writeString(path.resolve(SetAside.REQUEST), "../elsewhere");
        assertThatThrownBy(this::open)
                .isInstanceOf(DamageException.class)
                .hasMessageEndingWith("expected set-aside/<node number>-<milliseconds>, actual '../elsewhere'");
        assertThat(path.resolve("log/something")).exists();
    }
}
