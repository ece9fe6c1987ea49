package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
    @TempDir
    Path path;

    private final Random random = new Random(11);

    private DataDirectory open() throws IOException {
        return DataDirectory.open(path.resolve("data/8080"), random);
    }

    @Test
    void aNodeKeepsItsNumberAndCountsItsStarts() throws IOException {
        long number;
        try (DataDirectory directory = open()) {
            number = directory.nodeNumber();
            assertThat(directory.start()).isEqualTo(1);
        }
        for (int start = 2; start < 6; start++) {
            try (DataDirectory directory = open()) {
                assertThat(directory.nodeNumber()).isEqualTo(number);
                assertThat(directory.start()).isEqualTo(start);
            }
        }
    }

    @Test
    void aSecondProcessIsRefusedAndToldWhoHasTheDirectory() throws IOException {
        try (DataDirectory directory = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(DataDirectoryInUseException.class)
                    .hasMessage("data directory " + path.resolve("data/8080") + " is in use by process "
                            + ProcessHandle.current().pid());
            assertThat(directory.start()).isEqualTo(1);
        }
        open().close();
    }

    @Test
    void aSlotThatIsTornCountsAsAStart() throws IOException {
        open().close();
        open().close();
        flip(4096 + 25);
        try (DataDirectory directory = open()) {
            assertThat(directory.start()).as("the slot of start 2 is gone").isEqualTo(3);
        }
    }

    @Test
    void aNodeFileWithoutAValidSlotIsDamage() throws IOException {
        open().close();
        flip(20);
        flip(4096 + 20);
        assertThatThrownBy(this::open)
                .isInstanceOf(DamageException.class)
                .hasMessageContaining(
                        path.resolve("data/8080/node") + ": expected a valid slot at 0 or 4096, actual none");
    }

    @Test
    void aLogWithoutANodeFileIsDamage() throws IOException {
        try (DataDirectory directory = open()) {
            LogOptions options = LogOptions.of(FsyncPolicy.NO, LogOptions.SEGMENT_BYTES_MIN, directory);
            CommitLog.open(directory, options, new Entries(), Reserve.NOTHING, new RecordedEvents())
                    .close();
        }
        Files.delete(path.resolve("data/8080/node"));
        assertThatThrownBy(this::open)
                .isInstanceOf(DamageException.class)
                .hasMessageContaining("000001.log, actual missing");
    }

    private void flip(int at) throws IOException {
        Path node = path.resolve("data/8080/node");
        byte[] bytes = Files.readAllBytes(node);
        bytes[at] ^= 4;
        Files.write(node, bytes);
    }
}
