package io.creek.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values that a setting takes: how they are read, and how an operator is told what is allowed. Stateless.
 *
 * @param allowed completes "expected …" in an error, and is the range in the documentation
 * @param parser null for a text that is not allowed
 */
record Values<T>(String allowed, Function<String, @Nullable T> parser) {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([kmg]i?b)?", Pattern.CASE_INSENSITIVE);

    @Nullable
    T parse(String text) {
        return parser.apply(text);
    }

    static Values<Integer> number(int min, int max, String unit) {
        String digits = min < 0 ? "-?\\d{1,10}" : "\\d{1,10}";
        return new Values<>("a number%s, %d to %d".formatted(unit, min, max), text -> {
            if (!text.matches(digits)) {
                return null;
            }
            long number = Long.parseLong(text);
            return number < min || number > max ? null : (int) number;
        });
    }

    static Values<Integer> numberOrAutomatic(int max) {
        Values<Integer> number = number(0, max, "");
        return new Values<>("0 (automatic) or a number up to " + max, number.parser());
    }

    /** Bytes, or a number of KiB, MiB or GiB; {@code kb} is the same as {@code KiB}, as it is for Redis. */
    static Values<Long> size(long min, long max) {
        String allowed = "a size, %s to %s, in bytes or with KiB, MiB or GiB".formatted(sizeText(min), sizeText(max));
        return new Values<>(allowed, text -> {
            Long bytes = parseSize(text);
            return bytes == null || bytes < min || bytes > max ? null : bytes;
        });
    }

    static Values<Long> sizeOrAutomatic(long min) {
        String allowed = "0 (automatic) or a size from %s, in bytes or with KiB, MiB or GiB".formatted(sizeText(min));
        return new Values<>(allowed, text -> {
            Long bytes = parseSize(text);
            return bytes == null || (bytes != 0 && bytes < min) ? null : bytes;
        });
    }

    private static @Nullable Long parseSize(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        if (unit == null) {
            return number;
        }
        int shift =
                switch (unit.toLowerCase(Locale.ROOT).charAt(0)) {
                    case 'k' -> 10;
                    case 'm' -> 20;
                    default -> 30;
                };
        return number > Long.MAX_VALUE >> shift ? null : number << shift;
    }

    static String sizeText(long bytes) {
        if (bytes != 0 && bytes % (1L << 30) == 0) {
            return (bytes >> 30) + " GiB";
        }
        if (bytes != 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        if (bytes != 0 && bytes % (1L << 10) == 0) {
            return (bytes >> 10) + " KiB";
        }
        return bytes == 1 ? "1 byte" : bytes + " bytes";
    }

    /** White space around it would not survive a file, nor would what was not UTF-8. */
    static Values<Password> password() {
        return new Values<>(
                "a text of at most " + Password.BYTES_MAX + " bytes without white space around it", text -> {
                    boolean fits = text.getBytes(StandardCharsets.UTF_8).length <= Password.BYTES_MAX;
                    boolean keeps = text.equals(text.strip())
                            && text.indexOf('\ufffd') < 0
                            && text.chars().noneMatch(Character::isISOControl);
                    return fits && keeps ? new Password(text) : null;
                });
    }

    /** No value is a value. */
    static <T> Values<Optional<T>> optional(String allowed, Function<String, @Nullable T> parser) {
        return new Values<>(allowed, text -> {
            if (text.isEmpty()) {
                return Optional.empty();
            }
            T value = parser.apply(text);
            return value == null ? null : Optional.of(value);
        });
    }

    static Values<Optional<Integer>> optionalPort() {
        return optional("a port, 1 to " + HostPort.PORT_MAX, text -> HostPort.port(text, 1));
    }

    static Values<Boolean> trueOrFalse() {
        return oneOf(Map.of("true", true, "false", false), List.of("true", "false"));
    }

    static <E extends Enum<E>> Values<E> oneOf(Class<E> type) {
        Map<String, E> values = new LinkedHashMap<>();
        for (E value : type.getEnumConstants()) {
            values.put(value.name().toLowerCase(Locale.ROOT), value);
        }
        return oneOf(values, List.copyOf(values.keySet()));
    }

    /** Several texts may stand for one value; {@code texts} gives the order in which to name them. */
    static <T> Values<T> oneOf(Map<String, T> values, List<String> texts) {
        return new Values<>(listed(texts), text -> values.get(text.toLowerCase(Locale.ROOT)));
    }

    private static String listed(List<String> texts) {
        List<String> first = new ArrayList<>(texts);
        String last = first.remove(first.size() - 1);
        return first.isEmpty() ? last : String.join(", ", first) + " or " + last;
    }
}
