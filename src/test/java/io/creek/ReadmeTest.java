package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.config.SettingsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The README's tables are made from the code's. Run with {@code -Dreadme.write=true} to have them written. */
final class ReadmeTest {
    private static final Path README = Path.of("README.md");

    @Test
    void listsEverySetting() throws IOException {
        check("settings", SettingsTable.markdown());
    }

    @Test
    void listsEveryLimit() throws IOException {
        check("limits", LimitsTable.markdown());
    }

    @Test
    void listsEveryCommand() throws IOException {
        StringBuilder table = new StringBuilder("| command | what it does |\n|---|---|\n");
        for (CommandSpec row : CommandTable.standard().rows()) {
            String syntax = (row.name().toUpperCase(Locale.ROOT) + " " + row.syntax()).strip();
            table.append("| `%s` | %s |\n".formatted(syntax.replace("|", "\\|"), row.summary()));
        }
        check("commands", table.toString());
    }

    private static void check(String name, String table) throws IOException {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- end -->";
        String text = Files.readString(README);
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end, from);
        if (Boolean.getBoolean("readme.write")) {
            Files.writeString(README, text.substring(0, from) + table + text.substring(to));
        } else {
            assertThat(text.substring(from, to)).isEqualTo(table);
        }
    }
}
