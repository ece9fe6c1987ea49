package io.creek.log;

import java.nio.ByteBuffer;

/** Receives what is in the log, in order, while it is opened. Called on the opening thread. */
@FunctionalInterface
public interface FrameReplay {
    /**
     * @param sequence of the frame that the entry is in; several entries of one frame have the same
     * @param type see {@link LogEntry}; ceilings are the log's own and not shown
     * @param body from position to limit; valid only during the call
     */
    void entry(long sequence, int type, ByteBuffer body);
}
