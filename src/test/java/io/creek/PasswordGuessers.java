package io.creek;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that ask the same thing, each again as soon as it is answered, in a process of their own, which runs when nobody else does: guessers
 * bring theirs. It is told what to ask, and by an empty line nothing, and tells each time what was answered so far.
 */
final class PasswordGuessers implements AutoCloseable {
    private final Process process;
    private final PrintStream told;
    private final BufferedReader tells;

    private PasswordGuessers(Process process) {
        this.process = process;
        told = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        tells = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Returns when all are connected. */
    static PasswordGuessers start(int port, int clients) throws IOException {
        PasswordGuessers started = new PasswordGuessers(new ProcessBuilder(
                        "chrt",
                        "--idle",
                        "0",
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PasswordGuessers.class.getName(),
                        "" + port,
                        "" + clients)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        started.ask("");
        return started;
    }

    /** @return how many guesses were answered before, and how many of those were not checked because too many waited */
    int[] ask(String line) {
        told.println(line);
        try {
            String answer = tells.readLine();
            if (answer == null) {
                throw new IOException("the process of the guessers has ended");
            }
            return Arrays.stream(answer.split(" ")).mapToInt(Integer::parseInt).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

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
            question = line.isEmpty() ? Buffer.buffer() : Buffer.buffer(line + "\n");
            sockets.forEach(this::ask);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Crowd crowd = new Crowd();
        NetClient client = vertx.createNetClient();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            crowd.add(
                    client.connect(Integer.parseInt(arguments[0]), "127.0.0.1").await(10, TimeUnit.SECONDS));
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            crowd.start(line);
            System.out.println(crowd.answered.get() + " " + crowd.unchecked.get());
        }
        System.exit(0);
    }
}
