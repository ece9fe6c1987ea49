package io.creek.command;

import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** INFO [section ...]: sizes, counters and settings of the node, with Redis' field names. */
final class InfoCommand implements StatusCommand {
    static final CommandSpec SPEC = CommandSpec.named("info", -1)
            .flags(LOADING)
            .about("server", "1.0.0", "O(1)")
            .syntax("[section ...]")
            .does("Describes the node", new InfoCommand());

    /** Names that stand for every section. */
    private static final Set<String> ALL = Set.of("all", "default", "everything");

    private static final long SECONDS_PER_DAY = 86_400;

    private InfoCommand() {}

    @Override
    public Reply apply(Request request, Client client, NodeStatus node) {
        Map<String, Map<String, Object>> sections = sections(node);
        Set<String> wanted = new LinkedHashSet<>();
        for (int i = 1; i < request.size(); i++) {
            wanted.add(request.text(i).toLowerCase(Locale.ROOT));
        }
        boolean everything = wanted.isEmpty() || wanted.stream().anyMatch(ALL::contains);
        StringBuilder text = new StringBuilder();
        sections.forEach((title, fields) -> {
            if (everything || wanted.contains(title.toLowerCase(Locale.ROOT))) {
                text.append(text.isEmpty() ? "" : "\r\n")
                        .append("# ")
                        .append(title)
                        .append("\r\n");
                fields.forEach((name, value) ->
                        text.append(name).append(':').append(value).append("\r\n"));
            }
        });
        return new Reply.Verbatim("txt", text.toString());
    }

    private static Map<String, Map<String, Object>> sections(NodeStatus node) {
        Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
        long uptimeSeconds = (node.nowMillis() - node.startedMillis()) / Deadlines.MILLIS_PER_SECOND;
        sections.put(
                "Server",
                fields(
                        "redis_version",
                        Versions.REDIS,
                        "creek_version",
                        node.creekVersion(),
                        "redis_mode",
                        "standalone",
                        "os",
                        System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                                + System.getProperty("os.arch"),
                        "arch_bits",
                        64,
                        "java_version",
                        System.getProperty("java.version"),
                        "process_id",
                        node.processId(),
                        "run_id",
                        node.nodeId(),
                        "tcp_port",
                        node.port(),
                        "uptime_in_seconds",
                        uptimeSeconds,
                        "uptime_in_days",
                        uptimeSeconds / SECONDS_PER_DAY));
        sections.put("Clients", fields("connected_clients", node.connectedClients(), "maxclients", node.clientsMax()));
        Runtime runtime = Runtime.getRuntime();
        sections.put(
                "Memory",
                fields(
                        "used_memory",
                        node.storeBytes() - node.freeBytes(),
                        "used_memory_store",
                        node.storeBytes(),
                        "used_memory_heap",
                        runtime.totalMemory() - runtime.freeMemory(),
                        "maxmemory",
                        node.storeBytesMax(),
                        "maxmemory_policy",
                        "noeviction"));
        sections.put(
                "Persistence",
                fields(
                        "loading",
                        0,
                        "rdb_bgsave_in_progress",
                        node.saving() ? 1 : 0,
                        "rdb_last_save_time",
                        node.lastSaveMillis() / Deadlines.MILLIS_PER_SECOND,
                        "aof_enabled",
                        1,
                        "aof_current_size",
                        node.logBytes(),
                        "creek_fsync",
                        node.fsync()));
        sections.put(
                "Stats",
                fields(
                        "total_connections_received", node.connectionsReceived(),
                        "total_commands_processed", node.commandsProcessed(),
                        "expired_keys", node.expiredKeys(),
                        "keyspace_hits", node.hits(),
                        "keyspace_misses", node.misses()));
        sections.put("Replication", fields("role", "master", "connected_slaves", 0, "creek_node", node.nodeId()));
        sections.put("Cluster", fields("cluster_enabled", 0));
        sections.put(
                "Keyspace",
                node.keys() == 0
                        ? Map.of()
                        : fields("db0", "keys=" + node.keys() + ",expires=" + node.keysWithDeadline() + ",avg_ttl=0"));
        return sections;
    }

    private static Map<String, Object> fields(Object... pairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        List<Object> list = List.of(pairs);
        for (int i = 0; i < list.size(); i += 2) {
            fields.put((String) list.get(i), list.get(i + 1));
        }
        return fields;
    }
}
