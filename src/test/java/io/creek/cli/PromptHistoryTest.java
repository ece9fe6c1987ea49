package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PromptHistoryTest {
    @ParameterizedTest
    @CsvSource({
        "AUTH secret, true",
        "'  auth default secret', true",
        "HELLO 3 AUTH default secret, true",
        "CONFIG SET requirepass secret, true",
        "ACL SETUSER ann >secret, true",
        "HELLO 3, false",
        "SET auth 1, false",
        "AUTHOR, false",
        "CONFIG GET requirepass, false",
    })
    void linesWithAPasswordAreNotKept(String line, boolean secret) {
        assertThat(PromptHistory.isSecret(line)).isEqualTo(secret);
    }

    @Test
    void theFileIsItsOwnersAlone(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("history");
        PromptHistory.create(file);
        PromptHistory.create(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }
}
