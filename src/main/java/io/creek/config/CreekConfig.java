package io.creek.config;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The configuration: parsed, checked, and with every automatic value decided. Immutable; parts get the record they need by
 * constructor.
 *
 * @param dataDirectory where the node keeps its log and snapshots
 * @param cluster where the node meets its peers; empty when it runs alone
 * @param eventLoops the number of Vert.x event loops, at least 1
 */
public record CreekConfig(
        Server server,
        SecurityConfig security,
        LogLevel logLevel,
        Path dataDirectory,
        CommitLog commitLog,
        Store store,
        Limits limits,
        Diagnostics diagnostics,
        Admin admin,
        Optional<ClusterConfig> cluster,
        Replication replication,
        int eventLoops) {

    /** More loops than this are only given when asked for: they would wait for the one log. */
    private static final int AUTOMATIC_EVENT_LOOPS_MAX = 16;

    private static final long QUERY_BUFFER_RESERVE_BYTES = 1L << 20;

    /** How clients are met. */
    public record Server(HostPort address, TextReplies textReplies, boolean banner) {

        /**
         * Where to listen. {@code localhost} is both loopback addresses; the second, IPv6 one may be missing on a machine,
         * which is no error. With port 0 it takes the port that the first was given.
         */
        public List<HostPort> listenAddresses() {
            return address.host().equalsIgnoreCase("localhost")
                    ? List.of(new HostPort("127.0.0.1", address.port()), new HostPort("::1", address.port()))
                    : List.of(address);
        }
    }

    /**
     * @param segmentBytes the size of a log file; a larger frame gets a file of its own
     * @param snapshotBytes so much log behind the last snapshot, and as much as there is data, makes the next one due
     */
    public record CommitLog(Fsync fsync, long segmentBytes, long snapshotBytes) {}

    /**
     * @param shards at least 1
     * @param volume where the data lies
     * @param bytesMax past it a client's write that grows the store is refused
     * @param indexBytesMax the same, for what the indexes take of it
     * @param sweepIntervalSeconds the longest time between two expiry sweeps
     */
    public record Store(int shards, StoreVolume volume, long bytesMax, long indexBytesMax, int sweepIntervalSeconds) {}

    /**
     * What one client may ask for, and how many there may be.
     *
     * @param outputBytesMax more unsent replies close a connection
     * @param outputSoftBytesMax more unsent replies than this close it when it stays so for {@code outputSoftSeconds}
     * @param idleSeconds without a word that close a connection; 0 for no end
     * @param clientsBytesMax of the buffers of all clients together
     */
    public record Limits(
            int clientsMax,
            int keyBytesMax,
            int valueBytesMax,
            int argumentsMax,
            int inlineBytesMax,
            int queryBufferBytesMax,
            long outputBytesMax,
            long outputSoftBytesMax,
            int outputSoftSeconds,
            int idleSeconds,
            long clientsBytesMax) {}

    /**
     * What is remembered of slow commands.
     *
     * @param slowLogMicros the least that makes a command slow; -1 when none is
     * @param slowLogLengthMax how many slow commands are kept
     * @param latencyMillis the least that makes an event of LATENCY; 0 when none is
     */
    public record Diagnostics(int slowLogMicros, int slowLogLengthMax, int latencyMillis) {}

    /**
     * How the node is watched, and told to stop.
     *
     * @param address of metrics and health; empty when there are none
     * @param mayBeTaken whether the port is the default, which another node of the machine may have
     * @param drainSeconds that a node which was told to stop goes on serving, not ready any more
     */
    public record Admin(Optional<HostPort> address, boolean mayBeTaken, int drainSeconds) {}

    /**
     * What a node does for its peers, and waits for them.
     *
     * @param readOnly whether clients may not write here
     * @param joinSeconds that a starting node waits for a peer to compare with
     * @param hintBytesMax of the log that are kept for a peer that lags
     * @param hintSecondsMax that the log is kept for a peer that lags
     * @param clockDriftMillisMax that a peer's clock may be ahead of ours
     */
    public record Replication(
            boolean readOnly, int joinSeconds, long hintBytesMax, int hintSecondsMax, int clockDriftMillisMax) {}

    /**
     * Of raw texts by key, keys left out taking their defaults, automatic values for the JVM this runs in.
     *
     * @throws StartupException with every problem, each a line
     */
    public static CreekConfig of(JsonObject raw) {
        return of(RawSettings.of(raw), Machine.current());
    }

    /** As {@link #of(JsonObject)}, and the problems say where the value stands. */
    public static CreekConfig of(RawSettings raw) {
        return of(raw, Machine.current());
    }

    static CreekConfig of(RawSettings raw, Machine machine) {
        CheckedValues values = new CheckedValues(raw, BuiltInSettings.BUILT_IN);
        HostPort said = values.get(Setting.SERVER_ADDRESS);
        HostPort address = values.get(Setting.PORT).map(said::withPort).orElse(said);
        int eventLoops = automatic(values.get(Setting.EVENT_LOOPS), automaticEventLoops(machine));
        // A shard more than there are loops would only add hops.
        int shards = automatic(values.get(Setting.SHARDS), eventLoops);
        CreekConfig config = new CreekConfig(
                new Server(address, values.get(Setting.TEXT_REPLIES), values.get(Setting.BANNER)),
                SecurityConfig.of(values, address),
                values.get(Setting.LOG_LEVEL),
                dataDirectory(values.get(Setting.DATA_STORE_DIRECTORY), address.port()),
                new CommitLog(
                        fsync(values), values.get(Setting.LOG_SEGMENT_BYTES), values.get(Setting.SNAPSHOT_LOG_BYTES)),
                new Store(
                        shards,
                        values.get(Setting.STORE_VOLUME),
                        storeBytesMax(values, machine, shards),
                        StoreSizing.indexBytesMax(machine.directMemoryBytes(), shards),
                        values.get(Setting.KEY_EXPIRY_ROUTINE_INTERVAL)),
                limits(values, machine),
                new Diagnostics(
                        values.get(Setting.SLOWLOG_LOG_SLOWER_THAN),
                        values.get(Setting.SLOWLOG_MAX_LEN),
                        values.get(Setting.LATENCY_MONITOR_THRESHOLD)),
                admin(values, address),
                ClusterConfig.of(values, address),
                replication(values),
                eventLoops);
        values.throwProblems();
        return config;
    }

    /** By what address peers and their tools know this node: that of the server, or when it listens on all, that which peers reach. */
    public HostPort clientAddress() {
        HostPort address = server.address;
        return cluster.filter(where -> HostPort.isAnyAddress(address.host()))
                .map(where -> new HostPort(where.host(), address.port()))
                .orElse(address);
    }

    /** What was decided for a setting that may be left to us, or that another one decides. */
    Optional<String> decided(Setting<?> setting) {
        if (setting == Setting.SERVER_ADDRESS) {
            return Optional.of(server.address.toString());
        }
        if (setting == Setting.PORT) {
            return Optional.of(String.valueOf(server.address.port()));
        }
        if (setting == Setting.DATA_STORE_DIRECTORY) {
            return Optional.of(dataDirectory.toString());
        }
        if (setting == Setting.FSYNC) {
            return Optional.of(lowerCase(commitLog.fsync));
        }
        if (setting == Setting.STORE_MAX_BYTES) {
            return Optional.of(String.valueOf(store.bytesMax));
        }
        if (setting == Setting.SHARDS) {
            return Optional.of(String.valueOf(store.shards));
        }
        if (setting == Setting.EVENT_LOOPS) {
            return Optional.of(String.valueOf(eventLoops));
        }
        if (setting == Setting.QUERY_BUFFER_BYTES_MAX) {
            return Optional.of(String.valueOf(limits.queryBufferBytesMax));
        }
        if (setting == Setting.OUTPUT_BUFFER_BYTES_MAX) {
            return Optional.of(String.valueOf(limits.outputBytesMax));
        }
        if (setting == Setting.CLIENTS_BUFFER_BYTES_MAX) {
            return Optional.of(String.valueOf(limits.clientsBytesMax));
        }
        if (setting == Setting.CLUSTER_ADDRESS) {
            return cluster.map(ClusterConfig::host);
        }
        if (setting == Setting.CLUSTER_PORT) {
            return cluster.map(where -> String.valueOf(where.clusterPort()));
        }
        if (setting == Setting.BUS_PORT) {
            return cluster.map(where -> String.valueOf(where.busPort()));
        }
        return Optional.empty();
    }

    /** Half of the processors: sockets in the kernel, the log's threads and whoever sends the load need as much again. */
    private static int automaticEventLoops(Machine machine) {
        return Math.max(1, Math.min(machine.processors() / 2, AUTOMATIC_EVENT_LOOPS_MAX));
    }

    private static long automatic(long said, long automatic) {
        return said == 0 ? automatic : said;
    }

    private static int automatic(int said, int automatic) {
        return said == 0 ? automatic : said;
    }

    private static Path dataDirectory(Path said, int port) {
        return said.toString().isEmpty() ? Path.of("data", String.valueOf(port)) : said;
    }

    private static Fsync fsync(CheckedValues values) {
        Fsync fsync = values.get(Setting.FSYNC);
        Optional<Fsync> mode = values.get(Setting.WRITE_CONSISTENCY_MODE);
        if (mode.isEmpty()) {
            return fsync;
        }
        if (values.isSaid(Setting.FSYNC) && fsync != mode.get()) {
            values.refuse(
                    Setting.WRITE_CONSISTENCY_MODE,
                    "contradicts fsync = %s, expected fsync = always with 0 (strong), fsync = everysec with 1 (eventual), or"
                                    .formatted(lowerCase(fsync))
                            + " only one of the two");
        }
        return mode.get();
    }

    /** Half of the direct memory, or what of it fits, when it is left to us. */
    private static long storeBytesMax(CheckedValues values, Machine machine, int shards) {
        long said = values.get(Setting.STORE_MAX_BYTES);
        long fits = StoreSizing.bytesMax(machine.directMemoryBytes(), shards);
        long bytesMax = said == 0 ? Math.min(machine.directMemoryBytes() / 2, fits) : said;
        boolean mapped = values.get(Setting.STORE_VOLUME) == StoreVolume.MMAP;
        if (!mapped && bytesMax > fits) {
            values.refuse(
                    Setting.STORE_MAX_BYTES,
                    "expected at most %s: of the JVM's direct memory (-XX:MaxDirectMemorySize), %s, a part is for moving data and for buffers;"
                                    .formatted(Values.sizeText(fits), Values.sizeText(machine.directMemoryBytes()))
                            + " raise that, or keep the data in files with store_volume = mmap");
        }
        long indexBytes = StoreSizing.indexBytes(bytesMax);
        long indexBytesMax = StoreSizing.indexBytesMax(machine.directMemoryBytes(), shards);
        if (mapped && indexBytes > indexBytesMax) {
            values.refuse(
                    Setting.STORE_MAX_BYTES,
                    "expected direct memory (-XX:MaxDirectMemorySize) of at least %d MiB, for an index of %d bytes a key, actual %d MiB"
                            .formatted(
                                    ((machine.directMemoryBytes() - indexBytesMax + indexBytes) >> 20) + 1,
                                    StoreSizing.KEY_INDEX_BYTES,
                                    machine.directMemoryBytes() >> 20));
        }
        long clientsBytes = automatic(values.get(Setting.CLIENTS_BUFFER_BYTES_MAX), machine.heapBytes() / 4);
        long heapBytes = StoreSizing.heapBytes(bytesMax) + clientsBytes;
        if (said != 0 && heapBytes > machine.heapBytes()) {
            values.refuse(
                    Setting.STORE_MAX_BYTES,
                    "expected a heap (-Xmx) of at least %d MiB, for %d bytes a key with a deadline and clients_buffer_bytes_max, actual %d MiB"
                            .formatted((heapBytes >> 20) + 1, StoreSizing.KEY_HEAP_BYTES, machine.heapBytes() >> 20));
        }
        return bytesMax;
    }

    private static Limits limits(CheckedValues values, Machine machine) {
        long valueBytes = values.get(Setting.VALUE_BYTES_MAX);
        long queryBufferBytes = values.get(Setting.QUERY_BUFFER_BYTES_MAX);
        long queryBufferBytesLeast = valueBytes + QUERY_BUFFER_RESERVE_BYTES;
        if (queryBufferBytes < queryBufferBytesLeast) {
            if (values.isSaid(Setting.QUERY_BUFFER_BYTES_MAX)) {
                values.refuse(
                        Setting.QUERY_BUFFER_BYTES_MAX,
                        "expected at least %s, value_bytes_max + 1 MiB"
                                .formatted(Values.sizeText(queryBufferBytesLeast)));
            }
            queryBufferBytes = queryBufferBytesLeast;
        }
        return new Limits(
                values.get(Setting.CLIENTS_MAX),
                Math.toIntExact(values.get(Setting.KEY_BYTES_MAX)),
                Math.toIntExact(valueBytes),
                values.get(Setting.ARGUMENTS_MAX),
                Math.toIntExact(values.get(Setting.INLINE_BYTES_MAX)),
                Math.toIntExact(queryBufferBytes),
                outputBytesMax(values, valueBytes),
                values.get(Setting.OUTPUT_BUFFER_SOFT_BYTES_MAX),
                values.get(Setting.OUTPUT_BUFFER_SOFT_SECONDS),
                values.get(Setting.TIMEOUT),
                clientsBytesMax(values, machine));
    }

    /** A largest value has to get out. */
    private static long outputBytesMax(CheckedValues values, long valueBytes) {
        long said = values.get(Setting.OUTPUT_BUFFER_BYTES_MAX);
        long least = valueBytes + QUERY_BUFFER_RESERVE_BYTES;
        if (said < least && values.isSaid(Setting.OUTPUT_BUFFER_BYTES_MAX)) {
            values.refuse(
                    Setting.OUTPUT_BUFFER_BYTES_MAX,
                    "expected at least %s, value_bytes_max + 1 MiB".formatted(Values.sizeText(least)));
        }
        return Math.max(said, least);
    }

    /** A quarter of the heap, when it is left to us: half as much again may be on its way, and encoding a reply copies it. */
    private static long clientsBytesMax(CheckedValues values, Machine machine) {
        long said = values.get(Setting.CLIENTS_BUFFER_BYTES_MAX);
        long most = machine.heapBytes() / 2;
        if (said > most) {
            values.refuse(
                    Setting.CLIENTS_BUFFER_BYTES_MAX,
                    "expected at most %s, half of the JVM's heap (-Xmx)".formatted(Values.sizeText(most)));
        }
        return said == 0 ? machine.heapBytes() / 4 : said;
    }

    private static Admin admin(CheckedValues values, HostPort serverAddress) {
        int port = values.get(Setting.METRICS_PORT);
        values.requireOtherPort(Setting.METRICS_PORT, port, "the server's", serverAddress.port());
        String host = values.get(Setting.METRICS_ADDRESS);
        return new Admin(
                port == 0 ? Optional.empty() : Optional.of(new HostPort(host, port)),
                String.valueOf(port).equals(Setting.METRICS_PORT.defaultText()),
                values.get(Setting.SHUTDOWN_DRAIN));
    }

    private static Replication replication(CheckedValues values) {
        boolean follower = values.get(Setting.SERVER_MODE);
        boolean leadersAlone = values.get(Setting.REPLICATION_MODE) == 0;
        return new Replication(
                follower && leadersAlone,
                values.get(Setting.JOIN_TIMEOUT),
                values.get(Setting.HINT_MAX_BYTES),
                values.get(Setting.HINT_MAX_AGE),
                values.get(Setting.MAX_CLOCK_DRIFT));
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
