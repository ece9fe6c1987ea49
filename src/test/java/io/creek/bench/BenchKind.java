package io.creek.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is measured: Redis with an append-only file, and Creek as shipped. */
enum BenchKind {
    REDIS("Redis") {
        @Override
        List<String> command(BenchOptions options, int port) {
            return List.of(
                    "redis-server",
                    "--port",
                    String.valueOf(port),
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    options.fsync());
        }

        @Override
        String snapshot() {
            return "BGREWRITEAOF";
        }

        @Override
        String snapshotField() {
            return "aof_rewrite_in_progress";
        }
    },

    CREEK("Creek") {
        @Override
        List<String> command(BenchOptions options, int port) {
            List<String> command = new ArrayList<>(List.of(options.launcher().toString(), "-port", "" + port));
            // Its metrics too are served as shipped, but on no port that somebody else may have.
            command.addAll(List.of("-metrics_port", "" + BenchServer.freePort()));
            command.addAll(List.of("-fsync", options.fsync(), "-data_store_directory", "data"));
            return command;
        }

        @Override
        String snapshot() {
            return "BGSAVE";
        }

        @Override
        String snapshotField() {
            return "rdb_bgsave_in_progress";
        }
    };

    private final String title;

    BenchKind(String title) {
        this.title = title;
    }

    /** Names it in tables. */
    String title() {
        return title;
    }

    /** Where its data is while it is measured. */
    Path data(BenchOptions options) {
        return options.directory().resolve("data").resolve(name());
    }

    /** What starts it in its data directory. */
    abstract List<String> command(BenchOptions options, int port);

    /** The command that writes all data anew and makes the log before it needless, beside clients. */
    abstract String snapshot();

    /** Of INFO persistence: 1 while that is done. */
    abstract String snapshotField();
}
