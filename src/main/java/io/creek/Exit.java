package io.creek;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process ends. By itself the JVM would end with 143 after SIGTERM; here it ends with 0, and within
 * {@value #STOP_MILLIS_MAX} ms, after the drain.
 *
 * <p>Until the node serves, a stop ends the process at once: what is half started cannot be closed in order, and the log
 * survives that as it survives a kill. From {@link #serving} on it is closed in order before.
 *
 * <p>Any thread may use it, but {@link #with} not an event loop: it waits for the shutdown, which waits for the loops.
 */
final class Exit {

    static final int UNFORESEEN = 1;

    static final long STOP_MILLIS_MAX = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Exit.class);

    private volatile int code;
    /** Why the process ends; the JVM does not tell which signal it was. */
    private volatile String cause = "a signal";

    private volatile @Nullable Serving serving;
    private volatile boolean stopping;

    void register() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    }

    private record Serving(LongSupplier drainMillis, Runnable close) {}

    /**
     * @param drainMillis for how long a node that was told to stop goes on serving, milliseconds
     * @param close ends it in order, that time included; blocks
     */
    void serving(LongSupplier drainMillis, Runnable close) {
        serving = new Serving(drainMillis, close);
    }

    /** Whether the process was told to stop, so that what fails now is no news. */
    boolean isStopping() {
        return stopping;
    }

    /** As SHUTDOWN asks for. */
    void asTold() {
        cause = "SHUTDOWN";
        System.exit(0);
    }

    void with(int exitCode) {
        cause = "a failure";
        code = exitCode;
        System.exit(exitCode);
    }

    private void halt() {
        Runtime.getRuntime().halt(code);
    }

    /** Stopping itself failed, which counts unless another failure is why the process stops. */
    void stopFailed() {
        if (code == 0) {
            code = UNFORESEEN;
        }
    }

    private void stop() {
        stopping = true;
        Serving now = serving;
        if (now != null) {
            LOG.info("stopping: {}", cause);
            long millis = now.drainMillis().getAsLong() + STOP_MILLIS_MAX;
            // A daemon, so that the shutdown does not wait for it.
            Thread limit = new Thread(() -> limit(millis), "stop-limit");
            limit.setDaemon(true);
            limit.start();
            now.close().run();
            LOG.info("stopped, exit code {}", code);
        } else if (code == 0) {
            LOG.info("stopped before it served: {}", cause);
        }
        halt();
    }

    private void limit(long millisMax) {
        try {
            Thread.sleep(millisMax);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.error("stopping takes too long: expected at most {} ms", millisMax);
        stopFailed();
        halt();
    }
}
