package io.creek.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchPageTest {
    private static final String EMPTY = """
            # Page
            <!-- bench load -->
            <!-- end -->
            between
            <!-- bench memory -->
            <!-- end -->
            """;

    @TempDir
    private Path directory;

    @Test
    void eachPartsReportTakesItsPlaceAndItsPlotsLieBesideThePage() throws IOException {
        Path page = Files.createDirectories(directory.resolve("site")).resolve("page.md");
        Files.writeString(page, EMPTY);
        Files.writeString(directory.resolve("load.md"), "costs $1\n\n![load](load.svg)\n");
        Files.writeString(directory.resolve("load.svg"), "<svg/>");
        BenchPage place = new BenchPage(page);
        place.paste(directory);
        String expected = EMPTY.replace("load -->\n", "load -->\ncosts $1\n\n![load](figures/load.svg)\n");
        assertThat(page).hasContent(expected);
        assertThat(page.resolveSibling("figures/load.svg")).hasContent("<svg/>");
        place.paste(directory);
        assertThat(page).hasContent(expected);
    }
}
