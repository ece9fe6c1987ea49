package io.creek;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What others notice of clients that guess passwords at the same time, all the time: a GET every millisecond, timed without them and with
 * them. Of guesses it tells how many were answered, and how many of those were not checked because too many waited.
 */
final class PasswordFlood {
    /** A node that serves is warm; what its first thousand commands take is another matter. */
    private static final int WARMING_SECONDS = 3;

    private final long[] before;
    private final long[] during;
    private final int guesses;
    private final int unchecked;

    private PasswordFlood(long[] before, long[] during, int guesses, int unchecked) {
        this.before = before;
        this.during = during;
        this.guesses = guesses;
        this.unchecked = unchecked;
    }

    /** @param seconds of each of the two measurements */
    static PasswordFlood run(int port, String user, int clients, int seconds) throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try {
            Crowd crowd = new Crowd();
            NetClient client = vertx.createNetClient();
            for (int i = 0; i < clients; i++) {
                crowd.add(client.connect(port, "127.0.0.1").await(10, TimeUnit.SECONDS));
            }
            crowd.start("PING");
            measure(port, pool, WARMING_SECONDS);
            crowd.pause();
            measure(port, pool, WARMING_SECONDS);
            long[] before = measure(port, pool, seconds);
            crowd.start("AUTH " + user + " guess");
            long[] during = measure(port, pool, seconds);
            return new PasswordFlood(before, during, crowd.answered.get(), crowd.unchecked.get());
        } finally {
            vertx.close().await(10, TimeUnit.SECONDS);
            pool.shutdownNow();
        }
    }

    /** Clients that ask the same thing, each again as soon as it is answered. */
    private static final class Crowd {
        private final List<NetSocket> sockets = new ArrayList<>();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger unchecked = new AtomicInteger();
        private volatile Buffer question = Buffer.buffer();

        void add(NetSocket socket) {
            sockets.add(socket.handler(RecordParser.newDelimited("\n", line -> {
                String answer = line.toString();
                answered.addAndGet(answer.contains("PONG") ? 0 : 1);
                unchecked.addAndGet(answer.contains("too many passwords") ? 1 : 0);
                ask(socket);
            })));
        }

        private void ask(NetSocket socket) {
            if (question.length() > 0) {
                var unused = socket.write(question.copy());
            }
        }

        void start(String line) {
            question = Buffer.buffer(line + "\n");
            sockets.forEach(this::ask);
        }

        void pause() {
            question = Buffer.buffer();
        }
    }

    private static long[] measure(int port, ExecutorService pool, int seconds) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Future<long[]> asking = pool.submit(() -> OpenLoop.ask(port, pool, done));
        TimeUnit.SECONDS.sleep(seconds);
        done.set(true);
        return asking.get(60, TimeUnit.SECONDS);
    }

    double p99MillisBefore() {
        return p99Millis(before);
    }

    double p99MillisDuring() {
        return p99Millis(during);
    }

    int guesses() {
        return guesses;
    }

    String summary() {
        return "before  %s%nduring  %s%n%d guesses answered, %d of them unchecked%n"
                .formatted(OpenLoop.summary(before), OpenLoop.summary(during), guesses, unchecked);
    }

    private static double p99Millis(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return OpenLoop.at(sorted, 0.99);
    }
}
