package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An fsync that fails under load, by a fault injected into the C library; left out where libfiu is not installed.
 *
 * <p>libfiu wraps {@code calloc} too, and one start in some fifty stops for ever in its lock while the JVM loads its own libraries ({@code
 * dlopen}, {@code calloc}, {@code fiu_fail}, {@code pthread_rwlock_rdlock}), before a line of Creek has run: such a start is given up and made
 * again.
 */
class FsyncFailureIT {
    private static final Path LIBRARIES = Path.of("/usr/lib/fiu");

    @TempDir
    private Path directory;

    @Test
    @Timeout(300)
    void nothingIsAcknowledgedAfterItTheNodeEndsAndTheNextStartHasEverythingAcknowledged() throws Exception {
        assumeTrue(Files.isDirectory(LIBRARIES), "fiu-utils is not installed");
        CrashCampaign campaign = new CrashCampaign(directory, 1, "always", List.of());
        Path control = directory.resolve("fiu");
        Map<String, String> preloaded = Map.of(
                "LD_PRELOAD",
                LIBRARIES.resolve("fiu_run_preload.so") + ":" + LIBRARIES.resolve("fiu_posix_preload.so"),
                "FIU_CTRL_FIFO",
                control.toString());
        for (int round = 0; round < 3; round++) {
            campaign.round(new SplittableRandom(round), preloaded, (creek, port) -> {
                Path pipe = Path.of(control + "-" + creek.pid() + ".in");
                Files.writeString(pipe, "enable name=posix/io/sync/fsync\n");
                Files.readString(Path.of(control + "-" + creek.pid() + ".out"));
                Files.writeString(pipe, "enable name=posix/io/sync/fdatasync\n");
                Files.readString(Path.of(control + "-" + creek.pid() + ".out"));
                assertThat(creek.awaitExit()).isEqualTo(4);
                assertThat(creek.err()).contains("commit log:", "exit code 4");
            });
        }
        campaign.round(3);
        assertThat(campaign.lost()).isEmpty();
        assertThat(campaign.torn()).isEmpty();
        assertThat(campaign.acknowledged()).isGreaterThan(1_000);
    }
}
