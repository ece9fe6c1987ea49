package io.creek.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of one shard's arenas in mapped files, so that data may be larger than memory: {@code <directory>/<shard>-<number>}, one each.
 *
 * <p>A file is written full of zeros before it is mapped, by a thread of its own and one ahead: so a full disk is met there, where a write can
 * still be refused, and never as a signal that ends the process. What is in the files means nothing to a later start, which deletes
 * them.
 *
 * <p>A write that was logged has to be kept: when there is no file for it after all, its arena lies in direct memory.
 */
final class ScratchFiles implements ArenaMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchFiles.class);

    /** What the event loop waits for a file at most. */
    private static final long WAIT_MILLIS_MAX = 200;

    private static final long RETRY_MILLIS = 1_000;
    private static final long STOP_SECONDS_MAX = 8;
    private static final ByteBuffer ZEROS = ByteBuffer.allocate(PAGE_BYTES).asReadOnlyBuffer();

    private final Path directory;
    private final int shard;
    private final ArenaMemory direct;
    private final ExecutorService thread;

    // Guarded by this.
    private final ArrayDeque<ScratchFile> ready = new ArrayDeque<>();
    private int wanted = 1;
    private boolean preparing;
    private boolean full;
    private long failedNanos;
    private boolean serving;
    private long lastNumber;

    private ScratchFiles(Path directory, int shard, ArenaMemory direct) {
        this.directory = directory;
        this.shard = shard;
        this.direct = direct;
        thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "creek-volume-" + shard);
            created.setDaemon(true);
            return created;
        });
    }

    /**
     * For that many shards, each its own; what an earlier process left in the directory is deleted.
     *
     * @param direct for what finds no room on the disk
     */
    static ScratchFiles[] open(Path directory, int shards, ArenaMemory direct) throws IOException {
        Files.createDirectories(directory);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "[0-9]*-[0-9]*")) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
        ScratchFiles[] files = new ScratchFiles[shards];
        for (int shard = 0; shard < shards; shard++) {
            files[shard] = new ScratchFiles(directory, shard, direct);
        }
        return files;
    }

    @Override
    public synchronized void serve(int pagesMax) {
        await(1, pagesMax);
        serving = true;
    }

    @Override
    public synchronized boolean hasRoom(int arenas, int pagesMax) {
        await(arenas, pagesMax);
        return ready.size() >= arenas;
    }

    @Override
    public synchronized boolean isFull() {
        return full && ready.isEmpty();
    }

    @Override
    public ArenaMemory resident() {
        return direct;
    }

    @Override
    public Pages open(int pagesMax) {
        ScratchFile file = take(pagesMax);
        if (file == null) {
            LOG.warn("no file was ready for what was written to shard {}: it is kept in direct memory", shard);
            return direct.open(pagesMax);
        }
        return file;
    }

    private synchronized @Nullable ScratchFile take(int pagesMax) {
        await(1, pagesMax);
        ScratchFile file = ready.poll();
        wanted = 1;
        prepareMore(pagesMax);
        if (file == null && !serving) {
            throw new UncheckedIOException(new IOException(directory + ": no room for the data"));
        }
        return file;
    }

    /** Until so many files are ready, or it is not worth waiting. */
    private void await(int files, int pagesMax) {
        wanted = Math.max(wanted, files);
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS_MAX);
        prepareMore(pagesMax);
        try {
            while (ready.size() < files && preparing && !(full && serving)) {
                long waitMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (serving && waitMillis <= 0) {
                    return;
                }
                wait(serving ? waitMillis : WAIT_MILLIS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void prepareMore(int pagesMax) {
        boolean retried = !full || System.nanoTime() - failedNanos > TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
        if (!preparing && ready.size() < wanted && retried && !thread.isShutdown()) {
            preparing = true;
            thread.execute(() -> prepare(pagesMax));
        }
    }

    private void prepare(int pagesMax) {
        ScratchFile prepared = null;
        IOException failure = null;
        try {
            prepared = create(pagesMax);
        } catch (IOException e) {
            failure = e;
        }
        synchronized (this) {
            preparing = false;
            if (prepared == null) {
                failed(failure);
            } else {
                if (full) {
                    LOG.info("{}: there is room for the data again", directory);
                }
                full = false;
                ready.add(prepared);
                prepareMore(pagesMax);
            }
            notifyAll();
        }
    }

    private void failed(@Nullable IOException failure) {
        if (!full) {
            LOG.error(
                    "{}: no room for more data, writes that need it are refused: {}",
                    directory,
                    String.valueOf(failure));
        }
        full = true;
        failedNanos = System.nanoTime();
    }

    private ScratchFile create(int pagesMax) throws IOException {
        Path path = directory.resolve(shard + "-" + ++lastNumber);
        long bytes = (long) pagesMax * PAGE_BYTES;
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long written = 0; written < bytes; ) {
                ByteBuffer zeros = ZEROS.duplicate();
                zeros.limit((int) Math.min(zeros.limit(), bytes - written));
                written += channel.write(zeros);
            }
            return new ScratchFile(path, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes), pagesMax);
        } catch (IOException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static void delete(ScratchFile file) {
        ArenaVolume.free(file.mapped);
        try {
            Files.deleteIfExists(file.path);
        } catch (IOException e) {
            LOG.warn("{}: cannot be deleted: {}", file.path, e.toString());
        }
    }

    @Override
    public void trim() {
        direct.trim();
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("{}: the files of shard {} were not deleted within {} s", directory, shard, STOP_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            ready.forEach(ScratchFiles::delete);
            ready.clear();
        }
        direct.close();
    }

    private final class ScratchFile implements Pages {
        private final Path path;
        private final MappedByteBuffer mapped;
        private final int pagesMax;
        private int next;

        ScratchFile(Path path, MappedByteBuffer mapped, int pagesMax) {
            this.path = path;
            this.mapped = mapped;
            this.pagesMax = pagesMax;
        }

        @Override
        public int pagesMax() {
            return pagesMax;
        }

        @Override
        public ByteBuffer next() {
            return mapped.slice(next++ * PAGE_BYTES, PAGE_BYTES);
        }

        @Override
        public void release() {
            thread.execute(() -> delete(this));
        }
    }
}
