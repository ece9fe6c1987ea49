package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Load on a node: a thread for each connection takes the next commands that are due, whichever connection it is, waits until then, sends them and awaits
 * their replies.
 *
 * <p>A latency is counted from when the command was due, not from when it could be sent: so a stall of the node counts for all that it held up
 * (what Gil Tene called coordinated omission). What was due and could not be sent before the
 * end counts with the time that it had waited by then, but not as an operation. Without a rate a command is due when it is sent.
 */
final class LoadRun {
    /** Opens a connection of its own for each thread. */
    interface Connector {
        NodeConnection connect() throws IOException;
    }

    private static final long NANOS_MAX = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long TICK_MILLIS = 200;
    /** What was never sent is recorded in so many steps at most, however much it is. */
    private static final long LEFT_STEPS = 10_000;
    /** A node that answers nothing for so long after the end is not waited for any longer. */
    private static final long LATE_SECONDS_MAX = 10;

    private final LoadPlan plan;
    private final Workload workload;
    private final Recorder recorder = new Recorder(NANOS_MAX, DIGITS);
    /** Replies, those of the warm-up included. */
    private final LongAdder answered = new LongAdder();

    private final LongAdder operations = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder unsent = new LongAdder();
    private final AtomicLong turns = new AtomicLong();
    private final AtomicReference<@Nullable String> firstError = new AtomicReference<>();
    private final List<NodeConnection> connections = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private long startNanos;

    private LoadRun(LoadPlan plan, Workload workload) {
        this.plan = plan;
        this.workload = workload;
    }

    /** @throws IOException when a connection cannot be opened */
    static LoadRun start(LoadPlan plan, Workload workload, Connector connector, RandomGenerator random)
            throws IOException {
        LoadRun run = new LoadRun(plan, workload);
        try {
            for (int i = 0; i < plan.connections(); i++) {
                run.connections.add(connector.connect());
            }
        } catch (IOException e) {
            run.closeAll();
            throw e;
        }
        run.startNanos = System.nanoTime();
        for (NodeConnection connection : run.connections) {
            SplittableRandom own = new SplittableRandom(random.nextLong());
            Thread thread = new Thread(() -> run.load(connection, own), "load");
            thread.setDaemon(true);
            run.threads.add(thread);
            thread.start();
        }
        return run;
    }

    /** Waits for the end. */
    LoadResult await(LoadProgress progress) throws InterruptedException, IOException {
        Histogram all = new Histogram(NANOS_MAX, DIGITS);
        long giveUpNanos = plan.endNanos() + TimeUnit.SECONDS.toNanos(LATE_SECONDS_MAX);
        while (threads.stream().anyMatch(Thread::isAlive) && sinceStart() < giveUpNanos) {
            TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
            Histogram lately = recorder.getIntervalHistogram();
            all.add(lately);
            double share = (double) sinceStart() / plan.endNanos();
            progress.show(share, sinceStart(), answered.sum(), lately);
        }
        closeAll();
        for (Thread thread : threads) {
            thread.join();
        }
        all.add(recorder.getIntervalHistogram());
        progress.end();
        long measuredNanos =
                Math.min(sinceStart(), plan.endNanos()) - plan.warmup().toNanos();
        double seconds = Math.max(1, measuredNanos) / NANOS_PER_SECOND;
        return new LoadResult(operations.sum(), seconds, all, errors.sum(), unsent.sum(), firstError.get());
    }

    private long sinceStart() {
        return System.nanoTime() - startNanos;
    }

    private void load(NodeConnection connection, RandomGenerator random) {
        ByteArrayOutputStream commands = new ByteArrayOutputStream();
        try {
            for (long turn = turns.getAndIncrement(); ; turn = turns.getAndIncrement()) {
                long due = plan.dueNanos(turn);
                if (due >= plan.endNanos()) {
                    return;
                }
                if (sinceStart() >= plan.endNanos()) {
                    giveUp(turn);
                    return;
                }
                commands.reset();
                for (int i = 0; i < plan.pipeline(); i++) {
                    workload.write(random, commands);
                }
                await(due);
                turn(connection, commands, plan.rate() == 0 ? sinceStart() : due);
            }
        } catch (IOException e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    /** Counts what is left at the end: this turn, and all that nobody has taken. */
    private void giveUp(long turn) {
        if (plan.rate() == 0) {
            return;
        }
        leave(turn, 1);
        long end = plan.turns();
        long from = turns.getAndSet(end);
        long step = Math.max(1, (end - from) / LEFT_STEPS);
        for (long left = from; left < end; left += step) {
            leave(left, Math.min(step, end - left));
        }
    }

    private void leave(long turn, long count) {
        long due = plan.dueNanos(turn);
        if (isMeasured(due)) {
            unsent.add(count * plan.pipeline());
            record(count * plan.pipeline(), plan.endNanos() - due, due);
        }
    }

    private void await(long due) {
        for (long left = due - sinceStart(); left > 0; left = due - sinceStart()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Sends all commands and awaits their replies. */
    private void turn(NodeConnection connection, ByteArrayOutputStream commands, long due) throws IOException {
        connection.send(commands);
        for (int i = 0; i < plan.pipeline(); i++) {
            Reply reply = workload.isText() ? connection.receiveLine() : connection.receive();
            answered.increment();
            record(1, sinceStart() - due, due);
            if (reply instanceof Reply.ErrorReply error) {
                fail(error.message());
            } else if (isMeasured(due)) {
                operations.increment();
            }
        }
    }

    private void record(long count, long nanos, long due) {
        if (isMeasured(due)) {
            recorder.recordValueWithCount(Math.min(nanos, NANOS_MAX), count);
        }
    }

    private boolean isMeasured(long due) {
        return due >= plan.warmup().toNanos();
    }

    private void fail(String message) {
        errors.increment();
        firstError.compareAndSet(null, message);
    }

    private void closeAll() throws IOException {
        for (NodeConnection connection : connections) {
            connection.close();
        }
    }
}
