package io.creek.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The log of a data directory that no process has open, read as a start reads it, and not changed by a byte: no start is counted, nothing
 * is cut, the lock file keeps its text. While it is read, a start is refused. Stateless.
 */
public final class FrozenLog {
    private FrozenLog() {}

    /**
     * Hands on every entry that a start would replay.
     *
     * @param directory which has to be there
     * @param replay gets entries before the last of the directory was read: until this returns, they may be of one that is refused
     * @param notes gets what an operator should know, in a line
     * @throws DataDirectoryException when a start would refuse the directory, or a process has it
     */
    public static void replay(Path directory, RandomGenerator random, FrameReplay replay, Consumer<String> notes)
            throws IOException {
        replay(FileDisk.readOnly(directory), random, replay, notes);
    }

    static void replay(Disk disk, RandomGenerator random, FrameReplay replay, Consumer<String> notes)
            throws IOException {
        try (DataDirectory directory = DataDirectory.open(new FrozenDisk(disk), random)) {
            Recovery.Recovered recovered = new Recovery(directory, replay, new Notes(notes), Recovery.ALONE).run();
            for (Segment segment : recovered.segments()) {
                segment.file().close();
            }
        }
    }

    /** Of all events a recovery knows only one. */
    private record Notes(Consumer<String> notes) implements LogEvents {
        @Override
        public void tailCut(String file, long offset, long bytes, long lastSequence) {
            notes.accept(file + ": left out an unsynced tail of " + bytes + " bytes at offset " + offset
                    + ", which a start cuts; the last frame kept is " + Sequence.text(lastSequence));
        }

        @Override
        public void diskFull(String reason) {}

        @Override
        public void diskHasRoom() {}

        @Override
        public void snapshotFailed(String reason) {}

        @Override
        public void failed(String reason, Throwable cause) {}
    }
}
