package io.creek.store;

import io.creek.log.BackupFile;
import io.creek.log.FrameReplay;
import io.creek.log.FrozenLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The data that a start would find in a data directory, or in one that a backup was restored into, rebuilt outside of the heap as a start does
 * it, while nothing there changes. One thread.
 */
public final class FrozenStore implements AutoCloseable {

    /** Gets entries, which are its own from then on. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * @param value null for a tombstone
         * @param deadlineMillis since 1970; 0 for none
         */
        void entry(byte[] key, byte @Nullable [] value, long deadlineMillis, Version written, Version expiry)
                throws IOException;
    }

    private final Keyspace keyspace;

    private final ArenaMemory memory;

    private final LocalEntries local;

    private FrozenStore(Keyspace keyspace, ArenaMemory memory, LocalEntries local) {
        this.keyspace = keyspace;
        this.memory = memory;
        this.local = local;
    }

    /** What the entries are read from. */
    @FunctionalInterface
    private interface Source {
        void replay(FrameReplay replay) throws IOException;
    }

    /**
     * Reads the directory, which has to be there.
     *
     * @param keepsTombstones whether those of a node with peers are shown
     * @param notes gets what an operator should know, in a line
     * @throws IOException when a start would refuse the directory, or a process has it
     */
    public static FrozenStore open(
            Path directory, boolean keepsTombstones, long nowMillis, RandomGenerator random, Consumer<String> notes)
            throws IOException {
        return of(replay -> FrozenLog.replay(directory, random, replay, notes), keepsTombstones, nowMillis, random);
    }

    /**
     * Reads a backup, with the tombstones that are in it: the data of the node at the backup's point.
     *
     * @throws IOException when it is damaged
     */
    public static FrozenStore of(BackupFile backup, long nowMillis, RandomGenerator random) throws IOException {
        return of(backup::replay, true, nowMillis, random);
    }

    private static FrozenStore of(Source source, boolean keepsTombstones, long nowMillis, RandomGenerator random)
            throws IOException {
        Placement placement = new Placement(new SipHash(random.nextLong(), random.nextLong()));
        ArenaMemory memory = new DirectMemory();
        StoreBudget budget = new StoreBudget(Long.MAX_VALUE, 1);
        RecordStore records = new RecordStore(memory, budget);
        IndexMemory indexes = new IndexMemory(memory, budget);
        LocalEntries local = new LocalEntries();
        Keyspace keyspace = new Keyspace(placement, records, indexes, keepsTombstones, local::horizon, nowMillis);
        try (KeyspaceReplay replay = new KeyspaceReplay(placement, local, keyspace)) {
            source.replay(replay);
            replay.finish();
        } catch (IOException | RuntimeException | Error e) {
            keyspace.close();
            memory.close();
            throw e;
        }
        return new FrozenStore(keyspace, memory, local);
    }

    /** Up to which versions all members had everything, as far as this one knew: a clock value, 0 when it knew nothing. */
    public long horizon() {
        return local.horizon();
    }

    /** Hands every entry on once, in no particular order; also those whose deadline has passed. */
    public void each(Receiver receiver) throws IOException {
        try {
            for (long from = 0; from != PartitionIndex.END; ) {
                from = keyspace.walk(from, entry -> {
                    hand(entry, receiver);
                    return true;
                });
            }
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    private static void hand(Entry entry, Receiver receiver) {
        byte[] key = Arrays.copyOfRange(entry.keyArray, entry.keyOffset, entry.keyOffset + entry.keyLength);
        byte[] value = entry.tombstone
                ? null
                : Arrays.copyOfRange(entry.valueArray, entry.valueOffset, entry.valueOffset + entry.valueLength);
        Version written = new Version(entry.valueClock, entry.valueNode);
        Version expiry = entry.expiryVersionDiffers() ? new Version(entry.expiryClock, entry.expiryNode) : written;
        try {
            receiver.entry(key, value, entry.deadlineMillis, written, expiry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        keyspace.close();
        memory.close();
    }
}
