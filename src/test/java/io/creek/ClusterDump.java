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
 *
 * @param horizon a clock's value up to which all members have everything; 0 for none
 */
record ClusterDump(long horizon, Map<String, Line> lines) {
    private static final Pattern HORIZON = Pattern.compile("\\{\"horizon\":\"([0-9a-f]+)\"}");
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

        /** Whether a node may have it or not, as nobody lacks what it says. */
        private boolean isForgotten(long horizon) {
            long newest = Math.max(
                    Math.max(written.clock(), expiry.clock()), deadlineMillis << ClusterHistory.CLOCK_COUNTER_BITS);
            return value == null && newest <= horizon;
        }
    }

    static ClusterDump parse(String text) {
        Map<String, Line> lines = new LinkedHashMap<>();
        Matcher horizon = HORIZON.matcher(text);
        boolean hasHorizon = horizon.lookingAt();
        text.lines().skip(hasHorizon ? 1 : 0).forEach(line -> {
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
        return new ClusterDump(hasHorizon ? Long.parseLong(horizon.group(1), 16) : 0, lines);
    }

    /** Without the tombstones that a node with this horizon may have dropped. */
    ClusterDump above(long greatestHorizon) {
        Map<String, Line> kept = new LinkedHashMap<>(lines);
        kept.values().removeIf(line -> line.isForgotten(greatestHorizon));
        return new ClusterDump(greatestHorizon, kept);
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
