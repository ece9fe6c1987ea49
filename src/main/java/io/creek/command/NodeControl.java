package io.creek.command;

import java.util.concurrent.CompletionStage;

/** What commands can have the node do. Any thread. */
public interface NodeControl {

    /** Starts a snapshot, or joins the one that is being written; completes with the number of entries in it. */
    CompletionStage<Long> save();

    boolean isSaving();

    /** When the newest snapshot was completed, milliseconds since 1970; 0 when there is none. */
    long lastSaveMillis();
}
