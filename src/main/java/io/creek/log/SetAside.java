package io.creek.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Data that the other nodes must not take any more goes into a directory of its own, {@code set-aside/<node number>-<milliseconds>}, where
 * nothing uses it again; the node begins as a new one. It is asked for while the data is in use, and done at the next start, before anything
 * is read. One thread.
 *
 * <p>A start that is killed in between goes on the next time: the file that asks for it goes last.
 */
final class SetAside {
    static final String DIRECTORY = "set-aside";
    static final String REQUEST = "set-aside.request";

    private static final String TEMPORARY = "set-aside.tmp";
    private static final int REQUEST_BYTES_MAX = 1_000;

    private SetAside() {}

    /** Has the next start set the data aside; durable when it returns. */
    static void request(Disk disk, long nodeNumber, long nowMillis) throws IOException {
        String place = String.format("%s/%016x-%d", DIRECTORY, nodeNumber, nowMillis);
        try (DiskFile file = disk.create(TEMPORARY)) {
            file.write(ByteBuffer.wrap(place.getBytes(StandardCharsets.US_ASCII)), 0);
            file.force();
        }
        disk.rename(TEMPORARY, REQUEST);
        disk.syncDirectory("");
    }

    /** Does what was asked for; says what it has done. */
    static Optional<String> finish(Disk disk) throws IOException {
        if (!disk.exists(REQUEST)) {
            return Optional.empty();
        }
        String place = requested(disk);
        disk.createDirectories(place);
        for (String name : new String[] {NodeFile.NAME, DataDirectory.LOG}) {
            if (disk.exists(name)) {
                disk.rename(name, place + "/" + name);
            }
        }
        disk.syncDirectory(place);
        disk.syncDirectory(DIRECTORY);
        disk.syncDirectory("");
        int files = disk.exists(place + "/" + DataDirectory.LOG)
                ? disk.list(place + "/" + DataDirectory.LOG).size()
                : 0;
        disk.delete(REQUEST);
        disk.syncDirectory("");
        return Optional.of(
                "the data of this node is set aside in %s (%d log files and snapshots; creek dump shows what is in them), and it begins anew"
                        .formatted(disk.describe(place), files));
    }

    private static String requested(Disk disk) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(REQUEST_BYTES_MAX);
        try (DiskFile file = disk.open(REQUEST)) {
            file.read(bytes, 0);
        }
        String place = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
        if (!place.matches(DIRECTORY + "/[0-9a-f]{16}-[0-9]+")) {
            throw new DamageException(disk.describe(REQUEST) + ": expected " + DIRECTORY
                    + "/<node number>-<milliseconds>, actual '" + place + "'");
        }
        return place;
    }
}
