package io.creek;

import io.creek.ClusterHistory.Change;
import io.creek.ClusterHistory.Fate;
import io.creek.ClusterHistory.Flush;
import io.creek.ClusterHistory.Once;
import io.creek.ClusterHistory.Shared;
import io.creek.protocol.RespClient;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Connections that write to all nodes of a cluster until they are stopped, come back when they were lost, and note in a history what they have
 * sent and were told. Each has a thread of its own.
 */
final class ClusterLoad {
    static final int CONNECTIONS = 12;
    static final int SHARED_KEYS = 40;

    /** That of one half of the keys with a TTL; the others outlive the test. */
    static final long SHORT_TTL_MILLIS = 2_000;

    private static final long LONG_TTL_MILLIS = 3_600_000;
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = 4;
    private static final int RECONNECT_MILLIS = 100;
    private static final int KEPT_KEYS = 200;

    private final ClusterNodes nodes;
    private final ClusterHistory history;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicInteger connectionsLost = new AtomicInteger();
    private final ExecutorService pool = Executors.newFixedThreadPool(CONNECTIONS);
    private final List<Future<?>> writers = new ArrayList<>();

    ClusterLoad(ClusterNodes nodes, ClusterHistory history) {
        this.nodes = nodes;
        this.history = history;
    }

    void start(SplittableRandom random) {
        for (int i = 0; i < CONNECTIONS; i++) {
            Writer writer = new Writer(i, random.split());
            writers.add(pool.submit(writer::run));
        }
    }

    /** Waits until the last has got its answer, or lost its connection. */
    void stop() throws Exception {
        stopped.set(true);
        pool.shutdown();
        if (!pool.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("connections did not end");
        }
        for (Future<?> writer : writers) {
            try {
                writer.get();
            } catch (ExecutionException e) {
                throw new AssertionError("a connection failed", e.getCause());
            }
        }
    }

    int connectionsLost() {
        return connectionsLost.get();
    }

    /** Tells every node to flush, over a connection of its own. */
    void flush(int node) {
        Flush flush = history.flush(System.currentTimeMillis());
        try (RespClient client = nodes.connect(node, TIMEOUT_MILLIS)) {
            if ("OK".equals(client.call("FLUSHALL"))) {
                String key = "once:flush:" + System.nanoTime();
                Once after = history.once(key, key, System.currentTimeMillis(), 0);
                set(client, after, key, 0);
                flush.acknowledge(System.currentTimeMillis(), after);
            } else {
                flush.refuse();
            }
        } catch (UncheckedIOException e) {
            connectionsLost.incrementAndGet();
        }
    }

    private static void set(RespClient client, Once once, String value, long ttlMillis) {
        Object reply = ttlMillis == 0
                ? client.call("SET", once.key(), value)
                : client.call("SET", once.key(), value, "PX", String.valueOf(ttlMillis));
        once.end("OK".equals(reply) ? Fate.ACKNOWLEDGED : Fate.REFUSED);
    }

    /** One connection after the other to the same node. */
    private final class Writer {
        private final int number;
        private final int node;
        private final SplittableRandom random;
        private final List<Once> kept = new ArrayList<>();
        private int written;

        Writer(int number, SplittableRandom random) {
            this.number = number;
            this.node = number % nodes.count();
            this.random = random;
        }

        void run() {
            while (!stopped.get()) {
                try (RespClient client = nodes.connect(node, TIMEOUT_MILLIS)) {
                    while (!stopped.get()) {
                        step(client);
                        pause(PAUSE_MILLIS);
                    }
                } catch (UncheckedIOException e) {
                    connectionsLost.incrementAndGet();
                    pause(RECONNECT_MILLIS);
                }
            }
        }

        private void step(RespClient client) {
            int choice = random.nextInt(10);
            if (choice < 5) {
                change(client);
            } else if (choice < 7 && !kept.isEmpty()) {
                delete(client, kept.remove(random.nextInt(kept.size())));
            } else {
                writeOnce(client);
            }
        }

        private void writeOnce(RespClient client) {
            written++;
            String key = "once:" + number + ":" + written;
            String value = written + ":" + "x".repeat(random.nextInt(60));
            long ttlMillis =
                    switch (random.nextInt(10)) {
                        case 0 -> SHORT_TTL_MILLIS;
                        case 1 -> LONG_TTL_MILLIS;
                        default -> 0;
                    };
            Once once = history.once(key, value, System.currentTimeMillis(), ttlMillis);
            set(client, once, value, ttlMillis);
            if (ttlMillis == 0 && kept.size() < KEPT_KEYS) {
                kept.add(once);
            }
        }

        /** At this node, or at another that has it already: then the deletion is newer. */
        private void delete(RespClient client, Once once) {
            once.sendDeletion();
            if (random.nextInt(4) > 0) {
                confirm(once, client.call("DEL", once.key()));
                return;
            }
            try (RespClient other = nodes.connect(random.nextInt(nodes.count()), TIMEOUT_MILLIS)) {
                confirm(once, other.call("DEL", once.key()));
            }
        }

        private void confirm(Once once, @Nullable Object reply) {
            if (Long.valueOf(1).equals(reply)) {
                once.confirmDeletion();
            }
        }

        private void change(RespClient client) {
            written++;
            String key = "shared:" + random.nextInt(SHARED_KEYS);
            Change change =
                    switch (random.nextInt(10)) {
                        case 0 -> Change.DELETE;
                        case 1 -> Change.EXPIRE;
                        case 2 -> Change.PERSIST;
                        case 3 -> Change.SET_WITH_TTL;
                        default -> Change.SET;
                    };
            Shared shared = history.shared(key, change, "trace:" + number + ":" + written, System.currentTimeMillis());
            String ttl = String.valueOf(random.nextBoolean() ? SHORT_TTL_MILLIS : LONG_TTL_MILLIS);
            String[] command =
                    switch (change) {
                        case SET -> new String[] {"SET", key, shared.value()};
                        case SET_WITH_TTL -> new String[] {"SET", key, shared.value(), "PX", ttl};
                        case DELETE -> new String[] {"DEL", key};
                        case EXPIRE -> new String[] {"PEXPIRE", key, ttl};
                        case PERSIST -> new String[] {"PERSIST", key};
                    };
            List<@Nullable Object> replies = client.pipeline(List.of(
                    new String[] {"MULTI"},
                    new String[] {"GET", key},
                    command,
                    new String[] {"SET", shared.traceKey(), shared.value()},
                    new String[] {"EXEC"}));
            if (replies.get(replies.size() - 1) instanceof List<?> executed) {
                shared.acknowledge((String) executed.get(0), !Long.valueOf(0).equals(executed.get(1)));
            } else {
                shared.refuse();
            }
        }

        private void pause(long millis) {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopped.set(true);
            }
        }
    }
}
