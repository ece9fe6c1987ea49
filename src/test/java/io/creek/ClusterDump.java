package io.creek;

import io.creek.store.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code creek dump --all} has printed, by key: entries with their versions, tombstones too. Keys and values of tests are text that JSON does not
 * escape. Immutable.
 */
record ClusterDump(Map<String, Line> lines) {
    private static final Pattern LINE =
            Pattern.compile("\\{\"key\":\"([^\"]*)\"(?:,\"value\":\"([^\"]*)\"|,\"tombstone\":true)"
                    + "(?:,\"deadline\":(\\d+))?,\"version\":\"([^\"]+)\"(?:,\"expiryVersion\":\"([^\"]+)\")?}");
    private static final int DIFFERENCES_MAX = 10;

    /**
     * @param value null for a tombstone, and for what has expired
     * @param deadlineMillis 0 for none
     */
    record Line(@Nullable String value, long deadlineMillis, Version written, Version expiry) {
        boolean isVisible() {
            return value != null;
        }
    }

    static ClusterDump parse(String text) {
        Map<String, Line> lines = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("dump: expected a line of an entry, actual " + line);
            }
            Version written = Version.parse(matcher.group(4));
            lines.put(
                    matcher.group(1),
                    new Line(
                            matcher.group(2),
                            Long.parseLong(Objects.requireNonNullElse(matcher.group(3), "0")),
                            written,
                            Optional.ofNullable(matcher.group(5))
                                    .map(Version::parse)
                                    .orElse(written)));
        });
        return new ClusterDump(lines);
    }

    Optional<Line> find(String key) {
        return Optional.ofNullable(lines.get(key));
    }

    /** The first keys that are not the same in both, with what each has. */
    List<String> differences(ClusterDump other) {
        List<String> differences = new ArrayList<>();
        lines.forEach((key, line) -> {
            if (!line.equals(other.lines.get(key)) && differences.size() < DIFFERENCES_MAX) {
                differences.add(key + ": " + line + " and " + other.lines.get(key));
            }
        });
        other.lines.forEach((key, line) -> {
            if (!lines.containsKey(key) && differences.size() < DIFFERENCES_MAX) {
                differences.add(key + ": nothing and " + line);
            }
        });
        return differences;
    }
}
