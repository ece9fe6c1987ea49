package io.creek.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that is as bad as the contract of {@link Disk} allows. It holds two states: what the operating system shows, and
 * what survives a power loss. Everything random comes from the given source. One thread.
 *
 * <ul>
 *   <li>{@link #crashAfter} ends the process at an operation, a write in the middle;
 *   <li>{@link #restart} brings back all that was written (a kill) or, of what was not synced, any sectors, sizes and names;
 *   <li>an fsync that fails leaves what it should have synced readable, but never written back (as Linux does);
 *   <li>sectors may reach the disk before any fsync, at any time.
 * </ul>
 */
public class SimulatedDisk implements Disk {
    static final int SECTOR_BYTES = 512;
    private static final long NEVER = Long.MAX_VALUE;

    /** The process ends here; nothing may catch it but the test. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final class Content {
        byte[] shown = new byte[0];
        byte[] durable = new byte[0];
        final BitSet dirty = new BitSet();
        long modifiedMillis;
    }

    /** A change of names that the directory's sync makes durable; null content: the name goes. */
    private record NameChange(
            String from, String to, @Nullable Content content) {
        void apply(Map<String, Content> names) {
            names.remove(from);
            if (content != null) {
                names.put(to, content);
            }
        }
    }

    private final RandomGenerator random;
    private Map<String, Content> names = new TreeMap<>();
    private Map<String, Content> durableNames = new TreeMap<>();
    private final List<NameChange> unsyncedNames = new ArrayList<>();
    private long capacityBytes;
    private long operations;
    private long crashAt = NEVER;
    private boolean crashed;
    private boolean locked;
    private long forceFailsAt = NEVER;
    private long forces;

    public SimulatedDisk(long capacityBytes, RandomGenerator random) {
        this.capacityBytes = capacityBytes;
        this.random = random;
    }

    /** The process ends in the n-th operation from now. */
    public final void crashAfter(long operationsLeft) {
        crashAt = operations + operationsLeft;
    }

    public final void neverCrash() {
        crashAt = NEVER;
    }

    final long operations() {
        return operations;
    }

    public final void failForceAfter(long forcesLeft) {
        forceFailsAt = forces + forcesLeft;
    }

    public final void neverFail() {
        forceFailsAt = NEVER;
    }

    /** Whether a force has failed in this life. */
    public final boolean hasFailed() {
        return forces >= forceFailsAt;
    }

    public final void capacity(long bytes) {
        capacityBytes = bytes;
    }

    public final long usedBytes() {
        return names.values().stream()
                .mapToLong(content -> content.shown.length)
                .sum();
    }

    final byte[] bytes(String name) {
        return content(name).shown.clone();
    }

    final void replace(String name, byte[] bytes) {
        Content content = content(name);
        content.shown = bytes.clone();
        content.durable = bytes.clone();
        content.dirty.clear();
    }

    final void remove(String name) {
        names.remove(name);
        durableNames.remove(name);
    }

    /** Another disk with the same files, all of them durable. */
    final SimulatedDisk copy() {
        SimulatedDisk copy = new SimulatedDisk(capacityBytes, random);
        names.forEach((name, content) -> {
            Content same = new Content();
            same.shown = content.shown.clone();
            same.durable = content.shown.clone();
            copy.names.put(name, same);
            copy.durableNames.put(name, same);
        });
        return copy;
    }

    final List<String> names() {
        return List.copyOf(names.keySet());
    }

    /** What the next process finds. */
    public final void restart(boolean powerLoss) {
        crashed = false;
        crashAt = NEVER;
        forceFailsAt = NEVER;
        locked = false;
        if (powerLoss) {
            for (NameChange change : unsyncedNames) {
                if (random.nextBoolean()) {
                    change.apply(durableNames);
                }
            }
            unsyncedNames.clear();
            names = new TreeMap<>(durableNames);
            names.values().forEach(this::losePower);
        }
    }

    private void losePower(Content content) {
        // All, nothing, or any sectors: whole outcomes are rare among independent sectors, and just as real.
        int chance = random.nextInt(4);
        int size = random.nextBoolean() ? content.shown.length : content.durable.length;
        if (content.shown.length > content.durable.length && random.nextInt(4) == 0) {
            size = content.durable.length + random.nextInt(content.shown.length - content.durable.length);
        }
        byte[] survived = Arrays.copyOf(content.durable, size);
        content.dirty.stream()
                .filter(sector -> random.nextInt(3) < chance)
                .forEach(sector -> copySector(content.shown, survived, sector));
        content.shown = survived;
        content.durable = survived.clone();
        content.dirty.clear();
    }

    private static void copySector(byte[] from, byte[] to, int sector) {
        int at = sector * SECTOR_BYTES;
        int bytes = Math.min(SECTOR_BYTES, Math.min(from.length, to.length) - at);
        if (bytes > 0) {
            System.arraycopy(from, at, to, at, bytes);
        }
    }

    /** True when the process ends in this operation; the caller does a part of it and then calls {@link #crashIf}. */
    private boolean crashesNow() {
        if (crashed) {
            throw new Crash();
        }
        if (random.nextInt(16) == 0 && !names.isEmpty()) {
            List<Content> contents = List.copyOf(names.values());
            writeBack(contents.get(random.nextInt(contents.size())));
        }
        return ++operations >= crashAt;
    }

    private void writeBack(Content content) {
        content.durable = Arrays.copyOf(content.durable, Math.max(content.durable.length, content.shown.length));
        for (int sector = content.dirty.nextSetBit(0); sector >= 0; sector = content.dirty.nextSetBit(sector + 1)) {
            if (random.nextBoolean()) {
                copySector(content.shown, content.durable, sector);
                content.dirty.clear(sector);
            }
        }
    }

    private void crashIf(boolean crashes) {
        if (crashes) {
            crashed = true;
            throw new Crash();
        }
    }

    private Content content(String name) {
        Content content = names.get(name);
        if (content == null) {
            throw new IllegalStateException("no such file: " + name + " of " + names.keySet());
        }
        return content;
    }

    private void change(NameChange change) {
        change.apply(names);
        unsyncedNames.add(change);
    }

    @Override
    public String describe(String name) {
        return name;
    }

    @Override
    public boolean exists(String name) {
        return names.containsKey(name) || !list(name).isEmpty();
    }

    @Override
    public List<String> list(String directory) {
        return names.keySet().stream()
                .filter(name -> name.startsWith(directory + "/"))
                .map(name -> name.substring(directory.length() + 1))
                .toList();
    }

    @Override
    public void createDirectories(String directory) {
        // Directories are there as soon as a file is.
    }

    @Override
    public DiskFile open(String name) {
        return new File(content(name));
    }

    @Override
    public DiskFile create(String name) {
        boolean crashes = crashesNow();
        Content content = new Content();
        if (!crashes || random.nextBoolean()) {
            change(new NameChange(name, name, content));
        }
        crashIf(crashes);
        return new File(content);
    }

    @Override
    public void rename(String from, String to) {
        boolean crashes = crashesNow();
        if (!crashes || random.nextBoolean()) {
            if (names.containsKey(from)) {
                change(new NameChange(from, to, content(from)));
            } else {
                list(from)
                        .forEach(name ->
                                change(new NameChange(from + "/" + name, to + "/" + name, content(from + "/" + name))));
            }
        }
        crashIf(crashes);
    }

    @Override
    public void delete(String name) {
        boolean crashes = crashesNow();
        content(name);
        if (!crashes || random.nextBoolean()) {
            change(new NameChange(name, name, null));
        }
        crashIf(crashes);
    }

    @Override
    public void syncDirectory(String directory) {
        crashIf(crashesNow());
        List<NameChange> here = unsyncedNames.stream()
                .filter(change -> change.to
                        .substring(0, Math.max(0, change.to.lastIndexOf('/')))
                        .equals(directory))
                .toList();
        here.forEach(change -> change.apply(durableNames));
        unsyncedNames.removeAll(here);
    }

    @Override
    public long modifiedMillis(String name) {
        return content(name).modifiedMillis;
    }

    @Override
    public long totalBytes() {
        return capacityBytes;
    }

    @Override
    public long usableBytes() {
        return Math.max(0, capacityBytes - usedBytes());
    }

    @Override
    public Closeable lock(String name, String holder) throws IOException {
        if (locked) {
            throw new DataDirectoryInUseException("in use");
        }
        locked = true;
        return () -> locked = false;
    }

    /** Whether this force does what it says; a test's own disk may lie here. */
    protected boolean honest() {
        return true;
    }

    private final class File implements DiskFile {
        private final Content content;
        private boolean open = true;

        File(Content content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer into, long offset) {
            requireOpen();
            int bytes = (int) Math.max(0, Math.min(into.remaining(), content.shown.length - offset));
            into.put(content.shown, (int) Math.min(offset, content.shown.length), bytes);
            return bytes;
        }

        @Override
        public void write(ByteBuffer from, long offset) throws IOException {
            requireOpen();
            boolean crashes = crashesNow();
            int wanted = crashes ? random.nextInt(from.remaining() + 1) : from.remaining();
            long room = content.shown.length + usableBytes() - offset;
            int bytes = (int) Math.min(wanted, Math.max(0, room));
            int at = (int) offset;
            if (at + bytes > content.shown.length) {
                content.shown = Arrays.copyOf(content.shown, at + bytes);
            }
            from.get(content.shown, at, bytes);
            content.modifiedMillis = operations;
            if (bytes > 0) {
                content.dirty.set(at / SECTOR_BYTES, (at + bytes - 1) / SECTOR_BYTES + 1);
            }
            crashIf(crashes);
            if (bytes < wanted) {
                throw new DiskFullException("no space left");
            }
        }

        @Override
        public void force() throws IOException {
            requireOpen();
            boolean crashes = crashesNow();
            if (crashes) {
                writeBack(content);
                crashIf(true);
            }
            if (++forces >= forceFailsAt) {
                content.dirty.clear();
                throw new IOException("input/output error");
            }
            if (honest()) {
                // Only what is dirty: what a failed fsync gave up stays lost.
                if (content.durable.length != content.shown.length) {
                    content.durable = Arrays.copyOf(content.durable, content.shown.length);
                }
                content.dirty.stream().forEach(sector -> copySector(content.shown, content.durable, sector));
                content.dirty.clear();
            }
        }

        @Override
        public long size() {
            requireOpen();
            return content.shown.length;
        }

        @Override
        public void close() {
            open = false;
        }

        private void requireOpen() {
            if (crashed) {
                throw new Crash();
            }
            if (!open) {
                throw new IllegalStateException("file is closed");
            }
        }
    }
}
