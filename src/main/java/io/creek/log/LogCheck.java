package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Looks a data directory over that no process has open, and repairs one that a start refuses. One thread at a time.
 *
 * <p>A check reads everything and changes nothing (but the text in the file {@code LOCK}). What it finds is what a start would refuse.
 */
public final class LogCheck {
    private final Disk disk;

    LogCheck(Disk disk) {
        this.disk = disk;
    }

    /** Of the directory with this path, which has to be there. */
    public static LogCheck of(Path directory) {
        return new LogCheck(new FileDisk(directory));
    }

    /**
     * What is in a directory.
     *
     * @param damage what a start would refuse, in the order of the log
     * @param tail where a tail begins that was never durable; the next start cuts it; null when there is none
     * @param snapshotEntries entries in the newest snapshot that is whole
     * @param wholeFrames frames of the log that are whole
     */
    public record Report(List<Finding> damage, @Nullable Finding tail, long snapshotEntries, long wholeFrames) {
        public Report {
            damage = List.copyOf(damage);
        }

        /** Whether a start would accept it. */
        public boolean isSound() {
            return damage.isEmpty();
        }
    }

    /** All that is known of a directory; what a repair starts from. */
    record Survey(
            Report report,
            NodeFile.@Nullable Slot node,
            @Nullable Long snapshot,
            long snapshotStart,
            long ceiling,
            long mark,
            long startSeen) {}

    /**
     * Reads all of it.
     *
     * @throws DataDirectoryInUseException when a process has it open
     * @throws LaterFormatException when it was written by a later version, which alone can judge it
     */
    public Report check() throws IOException {
        Closeable lock = lock();
        try {
            return survey().report();
        } finally {
            lock.close();
        }
    }

    /**
     * Makes a directory that a start refuses one that it accepts, and says in words what was done. All entries that are whole go into
     * a new snapshot: those of the newest snapshot that is whole, and of the frames behind it, behind damage too (local ones not,
     * like how far a peer was received: what it was received of may be in the damage). What was there is set aside, not deleted. The
     * node gets a new number, since nobody knows what the old one had said. Needs room for one snapshot of the data. After a crash it
     * is done again.
     */
    public List<String> repair(RandomGenerator random) throws IOException {
        Closeable lock = lock();
        try {
            return new LogRepair(disk, random).run(this::survey);
        } finally {
            lock.close();
        }
    }

    private Closeable lock() throws IOException {
        return disk.lock(
                DataDirectory.LOCK,
                "creek check, process " + ProcessHandle.current().pid());
    }

    private Survey survey() throws IOException {
        List<Finding> damage = new ArrayList<>();
        if (!disk.exists(DataDirectory.LOG)) {
            if (disk.exists(NodeFile.NAME)) {
                damage.add(new Finding(disk.describe(DataDirectory.LOG), "directory", 0, "a log", "missing"));
            }
            return new Survey(new Report(damage, null, 0, 0), null, null, 0, 0, 0, 0);
        }
        NodeFile.Slot node = node(damage);
        Long snapshot = null;
        long start = 0;
        long entries = 0;
        long mark = 0;
        long ceiling = 0;
        List<Long> starts = new SnapshotListing(disk).starts();
        for (int index = starts.size() - 1; index >= 0 && snapshot == null; index--) {
            try (SnapshotReader reader = SnapshotReader.open(disk, SnapshotFormat.name(starts.get(index)))) {
                mark = Math.max(mark, reader.footer().knownDurable());
                ceiling = Math.max(ceiling, reader.footer().ceiling());
                reader.replay((sequence, type, body) -> {});
                requireOwn(reader, starts.get(index), node, damage);
                snapshot = starts.get(index);
                start = reader.header().start();
                entries = reader.footer().entries();
            } catch (DamageException e) {
                Finding finding = e.finding();
                damage.add(finding != null ? finding : unplaced(SnapshotFormat.name(starts.get(index)), e));
            }
        }
        LogScan scan = new LogScan(disk, start, mark, (sequence, holesBefore, reader, offset) -> {});
        scan.run(!starts.isEmpty(), node != null && node.logBegun());
        damage.addAll(scan.damage());
        if (node != null && scan.startSeen() > node.start()) {
            damage.add(new Finding(
                    disk.describe(NodeFile.NAME),
                    "slot",
                    0,
                    "a start of at least " + scan.startSeen(),
                    String.valueOf(node.start())));
        }
        Report report = new Report(damage, scan.tail(), entries, scan.wholeFrames());
        return new Survey(report, node, snapshot, start, ceiling, scan.mark(), scan.startSeen());
    }

    private NodeFile.@Nullable Slot node(List<Finding> damage) throws IOException {
        if (!disk.exists(NodeFile.NAME)) {
            boolean empty = disk.list(DataDirectory.LOG).stream()
                    .noneMatch(name -> Segment.isName(name) || SnapshotFormat.isName(name));
            if (!empty) {
                damage.add(new Finding(disk.describe(NodeFile.NAME), "file", 0, "who this node is", "missing"));
            }
            return null;
        }
        try {
            return NodeFile.read(disk);
        } catch (DamageException e) {
            damage.add(unplaced(NodeFile.NAME, e));
            return null;
        }
    }

    private void requireOwn(SnapshotReader reader, long start, NodeFile.@Nullable Slot node, List<Finding> damage) {
        SnapshotFormat.Header header = reader.header();
        if (header.start() != start || (node != null && header.nodeNumber() != node.nodeNumber())) {
            damage.add(new Finding(
                    disk.describe(SnapshotFormat.name(start)),
                    "header",
                    0,
                    "this node's and start " + Sequence.text(start),
                    String.format("node %016x and start %s", header.nodeNumber(), Sequence.text(header.start()))));
        }
    }

    private Finding unplaced(String name, DamageException e) {
        return new Finding(disk.describe(name), "file", 0, "a valid one", String.valueOf(e.getMessage()));
    }
}
