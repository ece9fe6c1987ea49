package io.creek;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A node for all tests of a class, registered as its extension: two shards on two event loops, a port and a directory of its own. */
final class CreekNode implements BeforeAllCallback, AfterAllCallback {
    private @Nullable Path directory;
    private @Nullable ServerProcess process;
    private int port;

    int port() {
        return port;
    }

    /** Where the process was started, and tests may leave files. */
    Path directory() {
        return Objects.requireNonNull(directory);
    }

    ServerProcess process() {
        return Objects.requireNonNull(process);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("creek");
        port = ServerProcess.freePort();
        process = ServerProcess.start(directory, Map.of(), "-port", "" + port, "-shards", "2", "-event_loops", "2")
                .awaitListening(port);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (process != null) {
            process.close();
        }
        if (directory != null) {
            List<Path> deepestFirst;
            try (Stream<Path> all = Files.walk(directory)) {
                deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            }
            deepestFirst.forEach(CreekNode::delete);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
