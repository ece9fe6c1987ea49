package io.creek.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code conf/default.conf} as it lies in the jar: every key's default, and the words that explain the key. A block of it
 * is a comment, whose first paragraph is the meaning, and the assignment below it. Immutable.
 */
final class BuiltInSettings {

    static final BuiltInSettings BUILT_IN = parse(readResource());

    static final String RESOURCE = "/conf/default.conf";

    private record Default(Assignment assignment, String meaning, List<String> comment) {}

    private final Map<String, Default> defaults;

    private BuiltInSettings(Map<String, Default> defaults) {
        this.defaults = defaults;
    }

    static BuiltInSettings parse(byte[] bytes) {
        Layer layer = ConfText.parse("conf/default.conf", bytes);
        if (!layer.problems().isEmpty()) {
            throw new IllegalStateException(String.join("\n", layer.problems()));
        }
        List<String> lines = ConfText.lines(String.valueOf(ConfText.decode(bytes)));
        Map<String, Default> defaults = new LinkedHashMap<>();
        for (Assignment assignment : layer.assignments()) {
            int number = Integer.parseInt(
                    assignment.place().substring(assignment.place().lastIndexOf(':') + 1));
            List<String> comment = commentAbove(lines, number - 1);
            defaults.put(assignment.key(), new Default(assignment, meaning(comment), comment));
        }
        return new BuiltInSettings(defaults);
    }

    private static List<String> commentAbove(List<String> lines, int index) {
        int first = index;
        while (first > 0 && lines.get(first - 1).startsWith("#")) {
            first--;
        }
        List<String> comment = new ArrayList<>();
        for (String line : lines.subList(first, index)) {
            comment.add(line.substring(1).strip());
        }
        return comment;
    }

    private static String meaning(List<String> comment) {
        int end = comment.indexOf("");
        return String.join(" ", comment.subList(0, end < 0 ? comment.size() : end));
    }

    private static byte[] readResource() {
        try (InputStream in = BuiltInSettings.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("jar lacks " + RESOURCE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    List<String> keys() {
        return List.copyOf(defaults.keySet());
    }

    Assignment assignment(Setting<?> setting) {
        return get(setting).assignment();
    }

    /** The first paragraph of the comment, on one line. */
    String meaning(Setting<?> setting) {
        return get(setting).meaning();
    }

    /** What the comment says the default is. */
    String text(Setting<?> setting) {
        return fact(setting, "Default: ");
    }

    /** The rest of the comment's line that begins with {@code label}. */
    String fact(Setting<?> setting, String label) {
        return comment(setting).stream()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("conf/default.conf lacks " + label + "above " + setting.key()));
    }

    /** Line by line, without the {@code #}. */
    List<String> comment(Setting<?> setting) {
        return get(setting).comment();
    }

    private Default get(Setting<?> setting) {
        Default found = defaults.get(setting.key());
        if (found == null) {
            throw new IllegalStateException("conf/default.conf lacks " + setting.key());
        }
        return found;
    }
}
