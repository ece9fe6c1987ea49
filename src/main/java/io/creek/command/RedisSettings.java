package io.creek.command;

import io.creek.config.CreekConfig;
import io.creek.config.Fsync;
import io.creek.config.HostPort;
import io.creek.config.LogLevel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Redis' names of settings that clients and tools ask for, what they are here, and which of them change what. Stateless. */
final class RedisSettings {
    private static final String NOT_MEMORY = "argument must be a memory value";
    private static final List<String> LOG_LEVELS = List.of("debug", "verbose", "notice", "warning");
    private static final List<String> FSYNCS = List.of("everysec", "always", "no");

    /**
     * One of Redis' settings.
     *
     * @param reads what is in force
     * @param key of ours that it changes; null when it cannot be changed
     * @param translates what a client says to what our key takes; null when it is not what Redis takes
     * @param expected what Redis takes, as its errors say it
     */
    record Named(
            String name,
            Function<CreekConfig, String> reads,
            @Nullable String key,
            Function<String, @Nullable String> translates,
            String expected) {}

    static final List<Named> ALL = List.of(
            memory("maxmemory", "store_max_bytes", config -> config.store().bytesMax()),
            same("maxclients", "clients_max", config -> config.limits().clientsMax()),
            memory("proto-max-bulk-len", "value_bytes_max", config -> config.limits()
                    .valueBytesMax()),
            memory("client-query-buffer-limit", "query_buffer_bytes_max", config -> config.limits()
                    .queryBufferBytesMax()),
            memory("maxmemory-clients", "clients_buffer_bytes_max", config -> config.limits()
                    .clientsBytesMax()),
            same("timeout", "timeout", config -> config.limits().idleSeconds()),
            same("slowlog-log-slower-than", "slowlog_log_slower_than", config -> config.diagnostics()
                    .slowLogMicros()),
            same("slowlog-max-len", "slowlog_max_len", config -> config.diagnostics()
                    .slowLogLengthMax()),
            same("latency-monitor-threshold", "latency_monitor_threshold", config -> config.diagnostics()
                    .latencyMillis()),
            new Named(
                    "loglevel",
                    config -> logLevel(config.logLevel()),
                    "log_level",
                    oneOf(LOG_LEVELS, RedisSettings::ownLogLevel),
                    oneOf(LOG_LEVELS)),
            new Named(
                    "appendfsync",
                    config -> lowerCase(config.commitLog().fsync()),
                    "fsync",
                    oneOf(FSYNCS, UnaryOperator.identity()),
                    oneOf(FSYNCS)),
            fixed("port", config -> String.valueOf(config.server().address().port())),
            fixed("bind", config -> config.server().listenAddresses().stream()
                    .map(HostPort::host)
                    .collect(Collectors.joining(" "))),
            fixed("dir", config -> config.dataDirectory().toAbsolutePath().toString()),
            fixed("databases", config -> "1"),
            fixed("appendonly", config -> "yes"),
            fixed("save", config -> ""),
            fixed("maxmemory-policy", config -> "noeviction"),
            fixed("cluster-enabled", config -> "no"),
            fixed("notify-keyspace-events", config -> ""));

    private RedisSettings() {}

    static Optional<Named> find(String name) {
        return ALL.stream().filter(each -> each.name.equalsIgnoreCase(name)).findFirst();
    }

    private static Named fixed(String name, Function<CreekConfig, String> reads) {
        return new Named(name, reads, null, value -> null, "");
    }

    private static Named same(String name, String key, Function<CreekConfig, Integer> reads) {
        return new Named(
                name,
                reads.andThen(String::valueOf),
                key,
                value -> integer(value),
                "argument couldn't be parsed into an integer");
    }

    private static Named memory(String name, String key, Function<CreekConfig, Number> reads) {
        return new Named(name, reads.andThen(String::valueOf), key, value -> bytes(value), NOT_MEMORY);
    }

    private static @Nullable String integer(String value) {
        return value.matches("-?\\d{1,18}") ? value : null;
    }

    /** As Redis' {@code memtoull}: {@code k} is 1000, {@code kb} 1024. */
    private static @Nullable String bytes(String value) {
        String text = value.toLowerCase(Locale.ROOT);
        String unit = text.replaceFirst("\\d*", "");
        long factor =
                switch (unit) {
                    case "", "b" -> 1;
                    case "k" -> 1_000;
                    case "kb" -> 1L << 10;
                    case "m" -> 1_000_000;
                    case "mb" -> 1L << 20;
                    case "g" -> 1_000_000_000;
                    case "gb" -> 1L << 30;
                    default -> 0;
                };
        String digits = text.substring(0, text.length() - unit.length());
        return factor == 0 || digits.isEmpty() || digits.length() > 9 + (factor == 1 ? 9 : 0)
                ? null
                : String.valueOf(Math.multiplyExact(Long.parseLong(digits), factor));
    }

    private static Function<String, @Nullable String> oneOf(List<String> words, UnaryOperator<String> translates) {
        return value -> words.contains(value.toLowerCase(Locale.ROOT))
                ? translates.apply(value.toLowerCase(Locale.ROOT))
                : null;
    }

    private static String oneOf(List<String> words) {
        return "argument(s) must be one of the following: " + String.join(", ", words);
    }

    private static String logLevel(LogLevel level) {
        return switch (level) {
            case TRACE, DEBUG -> "debug";
            case INFO -> "notice";
            case WARN, ERROR -> "warning";
        };
    }

    private static String ownLogLevel(String word) {
        return switch (word) {
            case "notice" -> "info";
            case "warning" -> "warn";
            default -> "debug";
        };
    }

    private static String lowerCase(Fsync fsync) {
        return fsync.name().toLowerCase(Locale.ROOT);
    }
}
