package io.creek.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Rewrites what is whole in a directory as a snapshot before an empty log. One thread, once.
 *
 * <p>The new log is made beside the old one, in {@code log.new}; then the old one is renamed to {@code aside-<n>}, the new one takes
 * its place, and the node its new number. Between any two of these steps a start refuses the directory, and a repair goes on.
 */
final class LogRepair {
    private static final String NEW_LOG = "log.new";
    private static final String ASIDE = "aside-";

    /** Surveys the directory as it is. */
    @FunctionalInterface
    interface Surveyor {
        LogCheck.Survey survey() throws IOException;
    }

    private final Disk disk;
    private final RandomGenerator random;
    private final List<String> done = new ArrayList<>();
    private long ceiling;
    private long framesBehindDamage;
    private long localsDropped;

    LogRepair(Disk disk, RandomGenerator random) {
        this.disk = disk;
        this.random = random;
    }

    List<String> run(Surveyor surveyor) throws IOException {
        boolean logGone =
                !disk.exists(DataDirectory.LOG) || disk.list(DataDirectory.LOG).isEmpty();
        if (logGone && disk.exists(NEW_LOG)) {
            // The old log was set aside already: so the new one is whole.
            disk.rename(NEW_LOG, DataDirectory.LOG);
            disk.syncDirectory("");
            done.add("went on with a repair that was interrupted");
        }
        LogCheck.Survey survey = surveyor.survey();
        if (survey.report().isSound() && done.isEmpty()) {
            return List.of("nothing to repair: a start accepts the directory as it is");
        }
        disk.createDirectories(DataDirectory.LOG);
        survey.report().damage().forEach(finding -> done.add("found " + finding));
        long nodeNumber = random.nextLong();
        long start = Math.max(survey.node() == null ? 0 : survey.node().start(), survey.startSeen()) + 1;
        rewrite(survey, nodeNumber);
        setAside();
        NodeFile.create(disk, nodeNumber, start).close();
        done.add(String.format("gave the node a new number, %016x", nodeNumber));
        return done;
    }

    private void rewrite(LogCheck.Survey survey, long nodeNumber) throws IOException {
        disk.createDirectories(NEW_LOG);
        for (String name : disk.list(NEW_LOG)) {
            disk.delete(NEW_LOG + "/" + name);
        }
        ceiling = survey.ceiling();
        String name = NEW_LOG + SnapshotFormat.name(0).substring(DataDirectory.LOG.length());
        try (DiskFile file = disk.create(name)) {
            SnapshotBlocks blocks =
                    new SnapshotBlocks(file, new SnapshotFormat.Header(nodeNumber, 0, random.nextLong()));
            blocks.begin();
            copySnapshot(survey, blocks);
            copyFrames(survey, blocks);
            blocks.end(0, ceiling);
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        disk.syncDirectory(NEW_LOG);
        disk.syncDirectory("");
    }

    private void copySnapshot(LogCheck.Survey survey, SnapshotBlocks blocks) throws IOException {
        Long snapshot = survey.snapshot();
        if (snapshot == null) {
            done.add("no snapshot was whole: only what frames hold is kept");
            return;
        }
        try (SnapshotReader reader = SnapshotReader.open(disk, SnapshotFormat.name(snapshot))) {
            reader.replay(copying(blocks, true));
        }
        done.add("kept the " + blocks.entries() + " entries of " + disk.describe(SnapshotFormat.name(snapshot)));
    }

    private void copyFrames(LogCheck.Survey survey, SnapshotBlocks blocks) throws IOException {
        boolean cutsTail = survey.report().tail() != null;
        FrameReplay all = copying(blocks, true);
        FrameReplay shared = copying(blocks, false);
        long[] kept = {0};
        LogScan scan = new LogScan(disk, survey.snapshotStart(), survey.mark(), (sequence, holes, reader, offset) -> {
            if (sequence > survey.snapshotStart() && !(cutsTail && holes > 0)) {
                reader.eachEntry(offset, holes > 0 ? shared : all);
                framesBehindDamage += holes > 0 ? 1 : 0;
                kept[0]++;
            }
        });
        scan.run(survey.snapshot() != null, false);
        done.add("kept " + kept[0] + " frames of the log, " + framesBehindDamage + " of them behind damage");
        if (localsDropped > 0) {
            done.add("left out " + localsDropped
                    + " of the node's own notes behind the damage, such as how far a peer was" + " received");
        }
    }

    /** Adds what it gets to the blocks, one by one. */
    private FrameReplay copying(SnapshotBlocks blocks, boolean locals) {
        return (sequence, type, body) -> {
            if (type == LogEntry.CEILING && body.remaining() == Long.BYTES) {
                ceiling = Math.max(ceiling, body.getLong(body.position()));
            } else if (LogEntry.isLocal(type) && !locals) {
                localsDropped++;
            } else {
                add(blocks, type, body);
            }
        };
    }

    private static void add(SnapshotBlocks blocks, int type, ByteBuffer body) {
        try {
            blocks.add(type, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void setAside() throws IOException {
        int number = 1;
        while (disk.exists(ASIDE + number)) {
            number++;
        }
        disk.rename(DataDirectory.LOG, ASIDE + number);
        disk.syncDirectory("");
        disk.rename(NEW_LOG, DataDirectory.LOG);
        if (disk.exists(NodeFile.NAME)) {
            disk.rename(NodeFile.NAME, ASIDE + number + "/" + NodeFile.NAME);
            disk.syncDirectory(ASIDE + number);
        }
        disk.syncDirectory("");
        done.add("set the old log aside in " + disk.describe(ASIDE + number));
    }
}
