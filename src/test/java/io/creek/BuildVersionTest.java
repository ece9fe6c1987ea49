package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BuildVersionTest {

    @Test
    void versionIsTheOneOfThePom() {
        assertThat(BuildVersion.read()).matches("\\d+\\.\\d+\\.\\d+.*");
    }
}
