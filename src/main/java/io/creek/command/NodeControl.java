package io.creek.command;

import io.creek.config.RunningConfig;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** What commands can have the node do. Any thread. */
public interface NodeControl {

    /** Starts a snapshot, or joins the one that is being written; completes with the number of entries in it. */
    CompletionStage<Long> save();

    boolean isSaving();

    /** When the newest snapshot was completed, milliseconds since 1970; 0 when there is none. */
    long lastSaveMillis();

    RunningConfig configuration();

    /** Writes what CONFIG SET changed into the file that the node was started with. */
    CompletionStage<Void> rewriteConfiguration();

    /** Sets the counters to zero that INFO shows as sums since the start, or since this. */
    void resetStatistics();

    AccessControl accessControl();

    SlowLog slowLog();

    LatencyMonitor latency();

    Peers peers();

    Instant now();

    /** Stops the node in order, as SIGTERM does; returns at once. */
    void stop();
}
