package io.creek.log;

import java.util.ArrayList;
import java.util.List;

/** Keeps what the log told. Any thread may use it. */
final class RecordedEvents implements LogEvents {
    private final List<String> texts = new ArrayList<>();

    @Override
    public synchronized void tailCut(String file, long offset, long bytes, long lastSequence) {
        texts.add("cut " + file + " at " + offset + ", " + bytes + " bytes, after " + Sequence.text(lastSequence));
    }

    @Override
    public synchronized void diskFull(String reason) {
        texts.add("full");
    }

    @Override
    public synchronized void diskHasRoom() {
        texts.add("room");
    }

    @Override
    public synchronized void snapshotFailed(String reason) {
        texts.add("no snapshot " + reason);
    }

    @Override
    public synchronized void failed(String reason, Throwable cause) {
        texts.add("failed " + reason);
    }

    synchronized List<String> texts() {
        return List.copyOf(texts);
    }
}
