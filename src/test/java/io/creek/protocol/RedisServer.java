package io.creek.protocol;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** A real redis-server on a free port of the loopback interface, without persistence, for comparisons. */
public final class RedisServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Process process;
    private final int port;

    private RedisServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts one with more options, as {@code "--maxmemory", "1mb"}. Skips the test, and says so, where no redis-server
     * is on the PATH.
     */
    public static RedisServer start(Path directory, String... options) throws IOException {
        Path executable = executable();
        if (executable == null) {
            throw new TestAbortedException("no redis-server on the PATH");
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(executable.toString(), "--port", "" + port));
        command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--daemonize", "no"));
        command.addAll(Arrays.asList(options));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis-" + port + ".log").toFile())
                .start();
        RedisServer server = new RedisServer(process, port);
        Awaitility.await().atMost(PATIENCE).failFast(() -> !process.isAlive()).until(server::answers);
        return server;
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private boolean answers() {
        try (RespClient client = RespClient.connect(port)) {
            Object reply = client.call("PING");
            return "PONG".equals(reply)
                    || (reply instanceof RespClient.Failure failure
                            && failure.message().startsWith("NOAUTH"));
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    private static @Nullable Path executable() {
        for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
            Path executable = Path.of(directory, "redis-server");
            if (Files.isExecutable(executable)) {
                return executable;
            }
        }
        return null;
    }
}
