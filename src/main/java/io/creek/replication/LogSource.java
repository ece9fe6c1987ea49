package io.creek.replication;

import io.creek.log.LogFollower;
import java.io.IOException;

/** What was made on this node, read from its log behind a cursor: {@link LogFollower}, or a test's. Used by one thread, which may block. */
public interface LogSource extends AutoCloseable {
    /** As {@link LogFollower#read}. */
    LogFollower.Batch read(long cursor, int bytesMax) throws IOException, LogFollower.CursorLostException;

    @Override
    void close() throws IOException;

    static LogSource of(LogFollower follower) {
        return new LogSource() {
            @Override
            public LogFollower.Batch read(long cursor, int bytesMax)
                    throws IOException, LogFollower.CursorLostException {
                return follower.read(cursor, bytesMax);
            }

            @Override
            public void close() throws IOException {
                follower.close();
            }
        };
    }
}
