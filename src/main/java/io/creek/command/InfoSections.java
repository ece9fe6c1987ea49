package io.creek.command;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What INFO tells, with Redis' names of sections and fields: only what is true here, and a few of Creek's own. */
enum InfoSections {
    SERVER("Server") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            long uptimeSeconds = (node.now().toEpochMilli() - node.startedMillis()) / Deadlines.MILLIS_PER_SECOND;
            fields.put("redis_version", Versions.REDIS);
            fields.put("creek_version", node.creekVersion());
            fields.put("redis_mode", "standalone");
            fields.put(
                    "os",
                    System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                            + System.getProperty("os.arch"));
            fields.put("arch_bits", 64);
            fields.put("java_version", System.getProperty("java.version"));
            fields.put("process_id", node.processId());
            fields.put("run_id", node.nodeId());
            fields.put("tcp_port", node.port());
            fields.put("server_time_usec", ChronoUnit.MICROS.between(Instant.EPOCH, node.now()));
            fields.put("uptime_in_seconds", uptimeSeconds);
            fields.put("uptime_in_days", uptimeSeconds / SECONDS_PER_DAY);
            fields.put("config_file", node.configurationFile());
            return fields;
        }
    },
    CLIENTS("Clients") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("connected_clients", node.traffic().connectedClients());
            fields.put("maxclients", node.traffic().clientsMax());
            fields.put("blocked_clients", node.replication().counts().waits());
            fields.put("tracking_clients", 0);
            return fields;
        }
    },
    MEMORY("Memory") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            Runtime runtime = Runtime.getRuntime();
            long used = node.usedBytes();
            bytes(fields, "used_memory", used);
            node.process().ifPresent(process -> bytes(fields, "used_memory_rss", process.residentBytes()));
            fields.put("used_memory_store", node.storeBytes());
            fields.put("used_memory_store_free", node.freeBytes());
            fields.put("used_memory_index", node.indexBytes());
            fields.put("used_memory_volume", node.volumeBytes());
            fields.put("used_memory_heap", runtime.totalMemory() - runtime.freeMemory());
            bytes(fields, "maxmemory", node.storeBytesMax());
            fields.put("maxmemory_policy", "noeviction");
            fields.put("allocator_frag_ratio", decimal(used == 0 ? 0 : (double) node.storeBytes() / used));
            fields.put("allocator_frag_bytes", node.freeBytes());
            fields.put("creek_evacuations", node.evacuations());
            node.process()
                    .ifPresent(process -> fields.put(
                            "mem_fragmentation_ratio",
                            decimal(used == 0 ? 0 : (double) process.residentBytes() / used)));
            return fields;
        }
    },
    PERSISTENCE("Persistence") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("loading", node.filling() ? 1 : 0);
            fields.put("rdb_bgsave_in_progress", node.saving() ? 1 : 0);
            fields.put("rdb_last_save_time", node.lastSaveMillis() / Deadlines.MILLIS_PER_SECOND);
            fields.put("aof_enabled", 1);
            fields.put("aof_current_size", node.logBytes());
            fields.put("creek_fsync", node.fsync());
            return fields;
        }
    },
    STATS("Stats") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            NodeStatus.Traffic traffic = node.traffic();
            fields.put("total_connections_received", traffic.connectionsReceived());
            fields.put("total_commands_processed", traffic.commandsProcessed());
            fields.put("instantaneous_ops_per_sec", Math.round(traffic.commandsPerSecond()));
            fields.put("total_net_input_bytes", traffic.bytesIn());
            fields.put("total_net_output_bytes", traffic.bytesOut());
            fields.put("instantaneous_input_kbps", decimal(traffic.bytesInPerSecond() / BYTES_PER_KIB));
            fields.put("instantaneous_output_kbps", decimal(traffic.bytesOutPerSecond() / BYTES_PER_KIB));
            fields.put("rejected_connections", traffic.connectionsRejected());
            fields.put("expired_keys", node.expiredKeys());
            fields.put("evicted_keys", 0);
            fields.put("keyspace_hits", node.hits());
            fields.put("keyspace_misses", node.misses());
            fields.put(
                    "total_error_replies",
                    node.errors().values().stream().mapToLong(Long::longValue).sum());
            fields.put("acl_access_denied_auth", node.denied().auth());
            fields.put("acl_access_denied_cmd", node.denied().command());
            fields.put("acl_access_denied_key", node.denied().key());
            fields.put("acl_access_denied_channel", 0);
            return fields;
        }
    },
    REPLICATION("Replication") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            return ReplicationInfo.fields(node);
        }
    },
    CPU("CPU") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            node.process().ifPresent(process -> {
                fields.put("used_cpu_sys", seconds(process.systemSeconds()));
                fields.put("used_cpu_user", seconds(process.userSeconds()));
            });
            return fields;
        }
    },
    COMMANDSTATS("Commandstats") {
        @Override
        boolean isUsual() {
            return false;
        }

        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (CommandCounts each : node.commands()) {
                double microsPerCall = each.calls() == 0 ? 0 : (double) each.micros() / each.calls();
                fields.put(
                        "cmdstat_" + each.name(),
                        "calls=" + each.calls() + ",usec=" + each.micros() + ",usec_per_call=" + decimal(microsPerCall)
                                + ",rejected_calls=" + each.rejected() + ",failed_calls=" + each.failed());
            }
            return fields;
        }
    },
    SIZECLASSES("Sizeclasses") {
        @Override
        boolean isUsual() {
            return false;
        }

        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (ShardStatus.SizeClass each : node.sizes()) {
                fields.put(
                        "sizeclass_" + each.bytes(),
                        "records=" + each.live() + ",free=" + (each.taken() - each.live()) + ",bytes="
                                + each.live() * each.bytes());
            }
            return fields;
        }
    },
    ERRORSTATS("Errorstats") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            Map<String, Object> fields = new LinkedHashMap<>();
            node.errors().forEach((code, count) -> fields.put("errorstat_" + code, "count=" + count));
            return fields;
        }
    },
    CLUSTER("Cluster") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            return Map.of("cluster_enabled", 0);
        }
    },
    KEYSPACE("Keyspace") {
        @Override
        Map<String, Object> fields(NodeStatus node) {
            return node.keys() == 0
                    ? Map.of()
                    : Map.of("db0", "keys=" + node.keys() + ",expires=" + node.keysWithDeadline() + ",avg_ttl=0");
        }
    };

    private static final long SECONDS_PER_DAY = 86_400;
    private static final double BYTES_PER_KIB = 1024;
    private static final String UNITS = "BKMGTPE";

    private final String title;

    InfoSections(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Whether it is told when no section is asked for. */
    boolean isUsual() {
        return true;
    }

    /** Names and values, in the order in which they are told. */
    abstract Map<String, Object> fields(NodeStatus node);

    private static void bytes(Map<String, Object> fields, String name, long bytes) {
        fields.put(name, bytes);
        fields.put(name + "_human", human(bytes));
    }

    /** As Redis' {@code bytesToHuman}: {@code 512B}, {@code 1.50K}. */
    static String human(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= BYTES_PER_KIB && unit < UNITS.length() - 1) {
            value /= BYTES_PER_KIB;
            unit++;
        }
        return (unit == 0 ? String.valueOf(bytes) : decimal(value)) + UNITS.charAt(unit);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String seconds(double value) {
        return String.format(Locale.ROOT, "%.6f", value);
    }
}
