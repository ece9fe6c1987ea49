package io.creek;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A wall clock that is wrong for one process, by libfaketime, where that is installed. */
final class SkewedClock {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private SkewedClock() {}

    static boolean isThere() {
        return library().isPresent();
    }

    /** What a command line begins with whose wall clock is ahead by so much, or behind. Its monotonic clock is that of all. */
    static List<String> wrapper(int aheadMillis) {
        return List.of(
                "env",
                "LD_PRELOAD=" + library().orElseThrow(),
                "FAKETIME=%+.3fs".formatted(aheadMillis / 1e3),
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                // Else waits of the JVM take longer by what the clock is ahead.
                "FAKETIME_FORCE_MONOTONIC_FIX=0");
    }

    private static Optional<Path> library() {
        try (DirectoryStream<Path> architectures = Files.newDirectoryStream(LIBRARIES, "*-linux-*")) {
            for (Path architecture : architectures) {
                Path library = architecture.resolve("faketime/libfaketime.so.1");
                if (Files.exists(library)) {
                    return Optional.of(library);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
