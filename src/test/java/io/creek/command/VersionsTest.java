package io.creek.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class VersionsTest {

    @Test
    void versionIsTheOneOfThePom() {
        assertThat(Versions.CREEK).matches("\\d+\\.\\d+\\.\\d+.*");
    }
}
