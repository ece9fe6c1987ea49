package io.creek.log;

import java.io.IOException;
import java.util.List;

/** Finds the snapshots of a directory, and removes one that a crash left unfinished. One thread. */
final class SnapshotListing {
    private final Disk disk;

    SnapshotListing(Disk disk) {
        this.disk = disk;
    }

    /** The starts of all that have their name, the newest last. */
    List<Long> starts() throws IOException {
        return disk.list(DataDirectory.LOG).stream()
                .filter(SnapshotFormat::isName)
                .map(SnapshotFormat::start)
                .sorted()
                .toList();
    }

    void removeUnfinished() throws IOException {
        for (String name : disk.list(DataDirectory.LOG)) {
            if (SnapshotFormat.isTemporaryName(name)) {
                disk.delete(DataDirectory.LOG + "/" + name);
            }
        }
    }
}
