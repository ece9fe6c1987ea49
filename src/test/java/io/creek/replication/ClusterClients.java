package io.creek.replication;

import static io.creek.replication.ClusterHistory.check;

import io.creek.protocol.Reply;
import io.creek.store.HeldEntry;
import io.creek.store.HeldEntry.Stamp;
import io.creek.store.SimulatedStore;
import io.creek.store.SimulatedStore.Call;
import io.creek.store.SimulatedStore.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Clients on all nodes that read, write, delete, let expire and flush a few keys that they share. Every reply is checked: against what the node
 * held when the command ran, and by what the log let through.
 *
 * <p>Owned by the simulation; one thread.
 */
final class ClusterClients {
    private static final int PER_NODE = 3;
    private static final int HOT_KEYS = 3;
    private static final int LARGE_VALUE_BYTES = 5_000;

    private final ClusterSimulation cluster;
    private final Random random;
    private final int keys;
    private final int largePercent;
    private final boolean flushes;
    private final Map<ClusterNode, List<Connection>> connections = new HashMap<>();
    private int values;
    private long calls;
    private long acknowledged;

    ClusterClients(ClusterSimulation cluster) {
        this.cluster = cluster;
        this.random = cluster.random;
        keys = 4 + random.nextInt(20);
        largePercent = random.nextBoolean() ? 0 : 1 + random.nextInt(8);
        flushes = random.nextInt(3) == 0;
    }

    long calls() {
        return calls;
    }

    long acknowledged() {
        return acknowledged;
    }

    /** Its connections are gone. */
    void forget(ClusterNode node) {
        connections.remove(node);
    }

    /** A client of the node sends something, unless it waits. */
    void submit(ClusterNode node) {
        List<Connection> open = connections.computeIfAbsent(node, this::connect);
        int number = random.nextInt(open.size());
        if (open.get(number).submit(new Call(commands()), number == 0 ? 8 : 1)) {
            calls++;
            node.turnLater();
        }
    }

    private List<Connection> connect(ClusterNode node) {
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < PER_NODE; i++) {
            open.add(node.store().connect(new Client(node)));
        }
        return open;
    }

    private List<List<String>> commands() {
        int count = random.nextInt(8) == 0 ? 2 + random.nextInt(3) : 1;
        List<List<String>> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(words());
        }
        return commands;
    }

    private List<String> words() {
        String key = key();
        String value = value();
        String millis = String.valueOf(1 + random.nextInt(random.nextBoolean() ? 300 : 6_000));
        if (flushes && random.nextInt(100) == 0) {
            return List.of("FLUSHALL");
        }
        return switch (random.nextInt(18)) {
            case 0, 1, 2 -> List.of("SET", key, value);
            case 3 -> List.of("SET", key, value, "PX", millis);
            case 4 -> List.of("SETNX", key, value);
            case 5, 6 -> List.of("MSET", key, value, key(), value + "2", key(), value + "3");
            case 7 -> List.of("DEL", key, key());
            case 8 -> List.of("DEL", key);
            case 9 -> List.of("GETDEL", key);
            case 10, 11 -> List.of("PEXPIRE", key, millis);
            case 12 -> List.of("PERSIST", key);
            case 13 -> List.of("INCR", "n" + random.nextInt(2));
            case 14 -> List.of("MGET", key, key(), key());
            default -> List.of("GET", key);
        };
    }

    private String value() {
        boolean large = random.nextInt(100) < largePercent;
        return "v" + values++ + "x".repeat(large ? random.nextInt(LARGE_VALUE_BYTES) : random.nextInt(12));
    }

    private String key() {
        return "k" + random.nextInt(random.nextBoolean() ? HOT_KEYS : keys);
    }

    /** Whether a command that was answered so has written. */
    private static boolean wrote(List<String> words, Reply reply) {
        return switch (words.get(0)) {
            case "SET", "MSET", "FLUSHALL" -> !(reply instanceof Reply.ErrorReply);
            case "SETNX", "DEL", "PEXPIRE", "PERSIST" -> reply instanceof Reply.Int number && number.value() > 0;
            case "INCR" -> reply instanceof Reply.Int;
            case "GETDEL" -> !reply.equals(Reply.NIL) && !(reply instanceof Reply.ErrorReply);
            default -> false;
        };
    }

    private static List<String> readKeys(List<String> words) {
        return switch (words.get(0)) {
            case "GET" -> words.subList(1, 2);
            case "MGET" -> words.subList(1, words.size());
            default -> List.of();
        };
    }

    private final class Client implements SimulatedStore.Client {
        private final ClusterNode node;
        /** What was held when it was read, of calls under way. */
        private final IdentityHashMap<Call, Map<String, Stamp>> read = new IdentityHashMap<>();

        Client(ClusterNode node) {
            this.node = node;
        }

        @Override
        public void evaluated(Call call, List<String> words, long nowMillis, Reply reply) {
            List<String> named = readKeys(words);
            if (named.isEmpty() || call.commands().size() > 1) {
                return;
            }
            List<Reply> replies = reply instanceof Reply.Array array ? array.elements() : List.of(reply);
            for (int i = 0; i < named.size(); i++) {
                read(call, named.get(i), nowMillis, replies.get(i));
            }
        }

        private void read(Call call, String key, long nowMillis, Reply reply) {
            HeldEntry held = node.look(key);
            check(nowMillis >= node.wallMillis(), node, " judges deadlines by ", nowMillis, " at ", node.wallMillis());
            Reply expected = held == null || !held.isLive(nowMillis) || held.value() == null
                    ? Reply.NIL
                    : Reply.bulk(held.value());
            check(reply.equals(expected), node, " answers ", reply, " for ", key, ", holds ", held, " at ", nowMillis);
            if (held != null) {
                read.computeIfAbsent(call, of -> new HashMap<>()).put(key, held.stamp());
            }
        }

        @Override
        public void completed(Call call, Reply reply) {
            node.witness();
            acknowledged++;
            read.getOrDefault(call, Map.of()).forEach((key, stamp) -> {
                check(
                        cluster.history.write(key, stamp) != null,
                        node,
                        " shows what is not behind the gate: ",
                        key,
                        " ",
                        stamp);
                node.show(key, stamp);
            });
            read.remove(call);
            if (reply instanceof Reply.ErrorReply error && error.equals(SimulatedStore.LOG_REFUSED)) {
                check(node.diskTrouble, node, " refuses ", call.commands(), " without trouble");
                return;
            }
            if (hasWritten(call, reply)) {
                List<HeldEntry> written = cluster.history.frame(node.number(), call.sequence());
                // A transaction may undo what it did.
                boolean logged = written != null || call.commands().size() > 1;
                check(logged, node, " acknowledges what is not behind the gate: ", call.commands());
                if (written != null) {
                    written.forEach(entry -> node.show(entry.key(), entry.stamp()));
                }
            }
        }

        private boolean hasWritten(Call call, Reply reply) {
            List<List<String>> commands = call.commands();
            if (commands.size() == 1) {
                return wrote(commands.get(0), reply);
            }
            boolean wrote = false;
            List<Reply> replies = reply instanceof Reply.Array array ? array.elements() : List.of();
            for (int i = 0; i < replies.size(); i++) {
                wrote |= wrote(commands.get(i), replies.get(i));
            }
            return wrote;
        }
    }
}
