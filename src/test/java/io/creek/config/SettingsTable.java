package io.creek.config;

/** The table of settings as the README has it. */
public final class SettingsTable {

    private SettingsTable() {}

    /** In Markdown, with a line feed after each row. */
    public static String markdown() {
        StringBuilder table = new StringBuilder();
        table.append("| key | meaning | allowed | default | changes |\n");
        table.append("|---|---|---|---|---|\n");
        for (Setting<?> setting : Setting.all()) {
            table.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            setting.key(),
                            setting.meaning(),
                            setting.allowed(),
                            setting.defaultText().equals("none") ? "none" : "`" + setting.defaultText() + "`",
                            setting.changes()));
        }
        return table.toString();
    }
}
