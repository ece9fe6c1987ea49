package io.creek.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table of keys: for each its name and the values it takes. What it means and its default stand in {@code
 * conf/default.conf}. Immutable; any thread may use it.
 *
 * <p>A new key is a constant here, in {@link #ALL}, a block in {@code conf/default.conf} and a component in {@link
 * CreekConfig}.
 */
public final class Setting<T> {

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    static final Setting<HostPort> SERVER_ADDRESS = new Setting<>(
            "server_address",
            new Values<>(
                    "host:port or [ipv6]:port, the port 0 (any free one) to 65535", text -> HostPort.parse(text, 0)));

    /** Over the port of {@code server_address}; no value leaves that. */
    static final Setting<Optional<Integer>> PORT =
            new Setting<>("port", new Values<>("a port, 0 (any free one) to 65535", text -> {
                if (text.isEmpty()) {
                    return Optional.empty();
                }
                Integer port = HostPort.port(text, 0);
                return port == null ? null : Optional.of(port);
            }));

    static final Setting<Boolean> INSECURE = new Setting<>("insecure", Values.trueOrFalse());

    /** No value lets everyone in. */
    static final Setting<Password> REQUIREPASS =
            new Setting<>("requirepass", Values.password()).whileRunning().secret();

    static final Setting<Integer> AUTH_TIMEOUT =
            new Setting<>("auth_timeout", Values.number(1, 3_600, " of seconds")).whileRunning();

    static final Setting<Optional<Path>> ACL_FILE = new Setting<>("acl_file", Values.optional("a file", Setting::path));

    static final Setting<Optional<Path>> TLS_CERTIFICATE =
            new Setting<>("tls_certificate", Values.optional("a file", Setting::path));

    static final Setting<Optional<Path>> TLS_KEY = new Setting<>("tls_key", Values.optional("a file", Setting::path));

    static final Setting<Optional<Path>> TLS_CA = new Setting<>("tls_ca", Values.optional("a file", Setting::path));

    static final Setting<TlsClients> TLS_CLIENTS = new Setting<>("tls_clients", Values.oneOf(TlsClients.class));

    static final Setting<Boolean> TLS_USERS = new Setting<>("tls_users", Values.trueOrFalse());

    static final Setting<LogLevel> LOG_LEVEL = new Setting<>("log_level", Values.oneOf(LogLevel.class)).whileRunning();

    /** An empty path is the default, which depends on the port. */
    static final Setting<Path> DATA_STORE_DIRECTORY =
            new Setting<>("data_store_directory", new Values<>("a directory", Setting::path));

    static final Setting<Fsync> FSYNC = new Setting<>("fsync", Values.oneOf(Fsync.class)).whileRunning();

    /** No value leaves it to {@code fsync}. */
    static final Setting<Optional<Fsync>> WRITE_CONSISTENCY_MODE = new Setting<>(
            "write_consistency_mode",
            Values.oneOf(
                    Map.of(
                            "", Optional.empty(),
                            "0", Optional.of(Fsync.ALWAYS),
                            "strong", Optional.of(Fsync.ALWAYS),
                            "1", Optional.of(Fsync.EVERYSEC),
                            "eventual", Optional.of(Fsync.EVERYSEC)),
                    List.of("0", "strong", "1", "eventual")));

    static final Setting<Integer> KEY_EXPIRY_ROUTINE_INTERVAL =
            new Setting<>("key_expiry_routine_interval", Values.number(1, 86_400, " of seconds")).whileRunning();

    static final Setting<Long> LOG_SEGMENT_BYTES = new Setting<>("log_segment_bytes", Values.size(64 * KIB, GIB));

    static final Setting<Long> SNAPSHOT_LOG_BYTES =
            new Setting<>("snapshot_log_bytes", Values.size(64 * KIB, 1024 * GIB)).whileRunning();

    static final Setting<Long> STORE_MAX_BYTES =
            new Setting<>("store_max_bytes", Values.sizeOrAutomatic(MIB)).whileRunning();

    static final Setting<StoreVolume> STORE_VOLUME = new Setting<>("store_volume", Values.oneOf(StoreVolume.class));

    static final Setting<Integer> SHARDS = new Setting<>("shards", Values.numberOrAutomatic(256));

    static final Setting<Integer> EVENT_LOOPS = new Setting<>("event_loops", Values.numberOrAutomatic(256));

    static final Setting<TextReplies> TEXT_REPLIES = new Setting<>("text_replies", Values.oneOf(TextReplies.class));

    static final Setting<Boolean> BANNER = new Setting<>("banner", Values.trueOrFalse());

    static final Setting<Integer> CLIENTS_MAX =
            new Setting<>("clients_max", Values.number(1, 1_000_000, "")).whileRunning();

    static final Setting<Long> KEY_BYTES_MAX = new Setting<>("key_bytes_max", Values.size(1, MIB)).whileRunning();

    static final Setting<Long> VALUE_BYTES_MAX =
            new Setting<>("value_bytes_max", Values.size(KIB, 512 * MIB)).whileRunning();

    static final Setting<Integer> ARGUMENTS_MAX =
            new Setting<>("arguments_max", Values.number(16, 1_048_576, "")).whileRunning();

    static final Setting<Long> INLINE_BYTES_MAX =
            new Setting<>("inline_bytes_max", Values.size(KIB, MIB)).whileRunning();

    static final Setting<Long> QUERY_BUFFER_BYTES_MAX =
            new Setting<>("query_buffer_bytes_max", Values.size(MIB, GIB)).whileRunning();

    static final Setting<Long> OUTPUT_BUFFER_BYTES_MAX =
            new Setting<>("output_buffer_bytes_max", Values.size(MIB, GIB)).whileRunning();

    static final Setting<Long> OUTPUT_BUFFER_SOFT_BYTES_MAX =
            new Setting<>("output_buffer_soft_bytes_max", Values.size(KIB, GIB)).whileRunning();

    static final Setting<Integer> OUTPUT_BUFFER_SOFT_SECONDS =
            new Setting<>("output_buffer_soft_seconds", Values.number(1, 86_400, " of seconds")).whileRunning();

    static final Setting<Long> CLIENTS_BUFFER_BYTES_MAX =
            new Setting<>("clients_buffer_bytes_max", Values.sizeOrAutomatic(MIB)).whileRunning();

    /** Redis' name. */
    static final Setting<Integer> TIMEOUT =
            new Setting<>("timeout", Values.number(0, Integer.MAX_VALUE, " of seconds")).whileRunning();

    static final Setting<Integer> SLOWLOG_LOG_SLOWER_THAN = new Setting<>(
                    "slowlog_log_slower_than", Values.number(-1, Integer.MAX_VALUE, " of microseconds"))
            .whileRunning();

    static final Setting<Integer> SLOWLOG_MAX_LEN =
            new Setting<>("slowlog_max_len", Values.number(0, 1_000_000, "")).whileRunning();

    static final Setting<Integer> LATENCY_MONITOR_THRESHOLD = new Setting<>(
                    "latency_monitor_threshold", Values.number(0, Integer.MAX_VALUE, " of milliseconds"))
            .whileRunning();

    /** 0 opens no port. */
    static final Setting<Integer> METRICS_PORT = new Setting<>(
            "metrics_port", new Values<>("0 (none) or a port up to 65535", text -> HostPort.port(text, 0)));

    static final Setting<String> METRICS_ADDRESS = new Setting<>(
            "metrics_address", new Values<>("a host name, an IPv4 or an IPv6 address", HostPort::parseHost));

    static final Setting<Integer> SHUTDOWN_DRAIN =
            new Setting<>("shutdown_drain", Values.number(0, 300, " of seconds")).whileRunning();

    static final Setting<List<PeerAddress>> PEER_NODES = new Setting<>(
            "peer_nodes",
            new Values<>(
                    "host:port[@cluster[,bus]], separated by commas, the ports 1 to 65535, that of the cluster by"
                            + " default port + 10000 and that of the bus port + 20000",
                    PeerAddress::parseList));

    static final Setting<PeerDiscovery> PEER_DISCOVERY =
            new Setting<>("peer_discovery", Values.oneOf(PeerDiscovery.class));

    static final Setting<Optional<String>> PEER_DNS =
            new Setting<>("peer_dns", Values.optional("a host name", Setting::dnsName));

    /** No value takes the host of {@code server_address}. */
    static final Setting<Optional<String>> CLUSTER_ADDRESS = new Setting<>(
            "cluster_address", Values.optional("a host name, an IPv4 or an IPv6 address", HostPort::parseHost));

    static final Setting<Optional<Integer>> CLUSTER_PORT = new Setting<>("cluster_port", Values.optionalPort());

    static final Setting<Optional<Integer>> BUS_PORT = new Setting<>("bus_port", Values.optionalPort());

    static final Setting<Optional<Path>> BUS_TLS_CERTIFICATE =
            new Setting<>("bus_tls_certificate", Values.optional("a file", Setting::path));

    static final Setting<Optional<Path>> BUS_TLS_KEY =
            new Setting<>("bus_tls_key", Values.optional("a file", Setting::path));

    static final Setting<Optional<Path>> BUS_TLS_CA =
            new Setting<>("bus_tls_ca", Values.optional("a file", Setting::path));

    static final Setting<Integer> JOIN_TIMEOUT = new Setting<>("join_timeout", Values.number(0, 3_600, " of seconds"));

    static final Setting<Long> HINT_MAX_BYTES =
            new Setting<>("hint_max_bytes", Values.size(MIB, 1024 * GIB)).whileRunning();

    static final Setting<Integer> HINT_MAX_AGE =
            new Setting<>("hint_max_age", Values.number(1, 31_536_000, " of seconds")).whileRunning();

    static final Setting<Integer> MAX_CLOCK_DRIFT =
            new Setting<>("max_clock_drift", Values.number(100, 3_600_000, " of milliseconds")).whileRunning();

    static final Setting<Boolean> SERVER_MODE = new Setting<>(
            "server_mode",
            Values.oneOf(
                    Map.of("0", false, "leader", false, "1", true, "follower", true),
                    List.of("0", "leader", "1", "follower")));

    static final Setting<Integer> REPLICATION_MODE =
            new Setting<>("replication_mode", Values.oneOf(Map.of("0", 0, "1", 1), List.of("0", "1")));

    private static final List<Setting<?>> ALL = List.of(
            SERVER_ADDRESS,
            PORT,
            INSECURE,
            REQUIREPASS,
            AUTH_TIMEOUT,
            ACL_FILE,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_CA,
            TLS_CLIENTS,
            TLS_USERS,
            CLIENTS_MAX,
            TEXT_REPLIES,
            BANNER,
            DATA_STORE_DIRECTORY,
            FSYNC,
            WRITE_CONSISTENCY_MODE,
            LOG_SEGMENT_BYTES,
            SNAPSHOT_LOG_BYTES,
            STORE_MAX_BYTES,
            STORE_VOLUME,
            SHARDS,
            EVENT_LOOPS,
            KEY_EXPIRY_ROUTINE_INTERVAL,
            KEY_BYTES_MAX,
            VALUE_BYTES_MAX,
            ARGUMENTS_MAX,
            INLINE_BYTES_MAX,
            QUERY_BUFFER_BYTES_MAX,
            OUTPUT_BUFFER_BYTES_MAX,
            OUTPUT_BUFFER_SOFT_BYTES_MAX,
            OUTPUT_BUFFER_SOFT_SECONDS,
            CLIENTS_BUFFER_BYTES_MAX,
            TIMEOUT,
            LOG_LEVEL,
            SLOWLOG_LOG_SLOWER_THAN,
            SLOWLOG_MAX_LEN,
            LATENCY_MONITOR_THRESHOLD,
            METRICS_PORT,
            METRICS_ADDRESS,
            SHUTDOWN_DRAIN,
            PEER_NODES,
            PEER_DISCOVERY,
            PEER_DNS,
            CLUSTER_ADDRESS,
            CLUSTER_PORT,
            BUS_PORT,
            BUS_TLS_CERTIFICATE,
            BUS_TLS_KEY,
            BUS_TLS_CA,
            JOIN_TIMEOUT,
            HINT_MAX_BYTES,
            HINT_MAX_AGE,
            MAX_CLOCK_DRIFT,
            SERVER_MODE,
            REPLICATION_MODE);

    private final String key;
    private final Values<T> values;
    private final boolean changesWhileRunning;
    private final boolean secret;

    private Setting(String key, Values<T> values) {
        this(key, values, false, false);
    }

    private Setting(String key, Values<T> values, boolean changesWhileRunning, boolean secret) {
        this.key = key;
        this.values = values;
        this.changesWhileRunning = changesWhileRunning;
        this.secret = secret;
    }

    private Setting<T> whileRunning() {
        return new Setting<>(key, values, true, secret);
    }

    private Setting<T> secret() {
        return new Setting<>(key, values, changesWhileRunning, true);
    }

    /** Every setting, in the order of {@code conf/default.conf}. */
    public static List<Setting<?>> all() {
        return ALL;
    }

    /** The setting of that key. */
    public static Optional<Setting<?>> find(String key) {
        for (Setting<?> setting : ALL) {
            if (setting.key.equals(key)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }

    public String key() {
        return key;
    }

    /** The values it takes, in words, as an error and the documentation give them. */
    public String allowed() {
        return values.allowed();
    }

    /** Whether its value must not get into a log or an error. */
    public boolean isSecret() {
        return secret;
    }

    /** Whether CONFIG SET changes it; otherwise a change takes effect at a restart. */
    public boolean changesWhileRunning() {
        return changesWhileRunning;
    }

    /** When a change takes effect, in the words of the documentation. */
    public String changes() {
        return changesWhileRunning ? "while running" : "at a restart";
    }

    /** What it is for, in a sentence or two. */
    public String meaning() {
        return BuiltInSettings.BUILT_IN.meaning(this);
    }

    /** The default as it is documented: for a key without a value, what that comes to. */
    public String defaultText() {
        return BuiltInSettings.BUILT_IN.text(this);
    }

    /** Null when {@code text} is not allowed. */
    @Nullable
    T parse(String text) {
        return values.parse(text);
    }

    boolean accepts(String text) {
        return parse(text) != null;
    }

    private static @Nullable String dnsName(String text) {
        String host = HostPort.parseHost(text);
        return host == null || host.indexOf(':') >= 0 ? null : host;
    }

    private static @Nullable Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
