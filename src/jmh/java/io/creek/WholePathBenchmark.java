package io.creek;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From the bytes on a node's socket to the replies on it, in this JVM: what a command costs and allocates, with {@code -prof gc}, all of
 * the server included. The client here allocates nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class WholePathBenchmark {
    /** Sent at once, and then all their replies are read. */
    private static final int PIPELINE = 64;

    private static final int KEYS = 100_000;
    /** Made beforehand: over all of them most keys are met. */
    private static final int BATCHES = 1_024;

    private static final byte[] VALUE = "v".repeat(64).getBytes(StandardCharsets.US_ASCII);
    private static final int GET_REPLY_BYTES = "$64\r\n".length() + VALUE.length + "\r\n".length();
    private static final int SET_REPLY_BYTES = "+OK\r\n".length();

    private final ByteBuffer[] gets = new ByteBuffer[BATCHES];
    private final ByteBuffer[] sets = new ByteBuffer[BATCHES];
    private final ByteBuffer replies = ByteBuffer.allocateDirect(PIPELINE * GET_REPLY_BYTES);
    private ScratchDirectory directory;
    private Vertx vertx;
    private SocketChannel socket;
    private int next;

    @Setup(Level.Trial)
    public void start() throws Exception {
        directory = new ScratchDirectory();
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        vertx = Vertx.vertx();
        JsonObject settings = new JsonObject()
                .put("server_address", "127.0.0.1:" + port)
                .put("data_store_directory", directory.path().resolve("data").toString())
                .put("banner", "false");
        vertx.deployVerticle(new MainVerticle(), new DeploymentOptions().setConfig(settings))
                .toCompletionStage()
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES);
        socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        for (int first = 0; first < KEYS; first += PIPELINE) {
            ByteBuffer batch = ByteBuffer.allocateDirect(PIPELINE * 128);
            for (int key = first; key < first + PIPELINE; key++) {
                putSet(batch, key);
            }
            exchange(batch.flip(), PIPELINE * SET_REPLY_BYTES);
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < BATCHES; i++) {
            gets[i] = ByteBuffer.allocateDirect(PIPELINE * 64);
            sets[i] = ByteBuffer.allocateDirect(PIPELINE * 128);
            for (int command = 0; command < PIPELINE; command++) {
                put(gets[i], "*2\r\n$3\r\nGET\r\n$16\r\n", key(random.nextInt(KEYS)), "\r\n");
                putSet(sets[i], random.nextInt(KEYS));
            }
            gets[i].flip();
            sets[i].flip();
        }
    }

    private static void putSet(ByteBuffer batch, int key) {
        put(batch, "*3\r\n$3\r\nSET\r\n$16\r\n", key(key), "\r\n$64\r\n");
        batch.put(VALUE);
        put(batch, "\r\n");
    }

    private static String key(int number) {
        return "key:%012d".formatted(number);
    }

    private static void put(ByteBuffer batch, String... texts) {
        for (String text : texts) {
            batch.put(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int get() throws IOException {
        return exchange(gets[next++ % BATCHES], PIPELINE * GET_REPLY_BYTES);
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int set() throws IOException {
        return exchange(sets[next++ % BATCHES], PIPELINE * SET_REPLY_BYTES);
    }

    /** Sends the batch, and reads what has to come; returns a byte of it. */
    private int exchange(ByteBuffer batch, int replyBytes) throws IOException {
        batch.rewind();
        while (batch.hasRemaining()) {
            socket.write(batch);
        }
        replies.clear().limit(replyBytes);
        while (replies.hasRemaining()) {
            if (socket.read(replies) < 0) {
                throw new IOException("the node closed the connection");
            }
        }
        byte first = replies.get(0);
        if (first == '-') {
            throw new IOException("the node answered an error");
        }
        return first;
    }

    @TearDown(Level.Trial)
    public void stop() throws Exception {
        socket.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
        directory.close();
    }
}
