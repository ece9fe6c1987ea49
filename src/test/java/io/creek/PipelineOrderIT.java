package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.protocol.RespClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One client's pipeline over four shards: replies and effects come in the order in which it was sent, whatever other clients do meanwhile. */
@Timeout(300)
class PipelineOrderIT {
    private static final int CLIENTS = 4;
    private static final int PIPELINES = 150;
    private static final int COMMANDS_MAX = 60;
    private static final int KEYS = 20;

    @TempDir
    private Path directory;

    @Test
    void repliesAndEffectsAreInTheOrderOfThePipeline() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = ServerProcess.start(
                directory, Map.of(), "-port", String.valueOf(port), "-shards", "4", "-event_loops", "2")) {
            creek.awaitListening(port);
            ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
            List<Future<?>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                clients.add(pool.submit(() -> play(port, number)));
            }
            for (Future<?> client : clients) {
                client.get();
            }
            pool.shutdown();
        }
    }

    private static void play(int port, int number) {
        SplittableRandom random = new SplittableRandom(number);
        Map<String, String> model = new HashMap<>();
        try (RespClient client = RespClient.connect(port)) {
            for (int pipeline = 0; pipeline < PIPELINES; pipeline++) {
                List<String[]> commands = new ArrayList<>();
                List<@Nullable Object> expected = new ArrayList<>();
                for (int i = 1 + random.nextInt(COMMANDS_MAX); i > 0; i--) {
                    commands.add(command(random, "client" + number + ":", model, expected));
                }
                assertThat(client.pipeline(commands))
                        .as("client %d, pipeline %d", number, pipeline)
                        .isEqualTo(expected);
            }
        }
    }

    private static String[] command(
            SplittableRandom random, String prefix, Map<String, String> model, List<@Nullable Object> expected) {
        String key = prefix + random.nextInt(KEYS);
        String other = prefix + random.nextInt(KEYS);
        String value = String.valueOf(random.nextInt(1_000_000));
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                model.put(key, value);
                expected.add("OK");
                return new String[] {"SET", key, value};
            }
            case 2 -> {
                long deleted = (model.remove(key) == null ? 0L : 1L) + (model.remove(other) == null ? 0L : 1L);
                expected.add(deleted);
                return new String[] {"DEL", key, other};
            }
            case 3 -> {
                model.put(key, value);
                model.put(other, value + "!");
                expected.add("OK");
                return new String[] {"MSET", key, value, other, value + "!"};
            }
            case 4 -> {
                List<@Nullable Object> values = new ArrayList<>();
                values.add(model.get(key));
                values.add(model.get(other));
                expected.add(values);
                return new String[] {"MGET", key, other};
            }
            case 5 -> {
                String now = model.merge(key, value, String::concat);
                expected.add((long) now.length());
                return new String[] {"APPEND", key, value};
            }
            default -> {
                expected.add(model.get(key));
                return new String[] {"GET", key};
            }
        }
    }
}
