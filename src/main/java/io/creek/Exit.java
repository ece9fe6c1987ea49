package io.creek;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process ends. By itself the JVM would end with 143 after SIGTERM, and the launcher would wait two minutes for
 * Vert.x to close; here it ends with 0, and within {@value #STOP_MILLIS_MAX} ms.
 *
 * <p>Until the node serves, a stop ends the process at once: what is half started cannot be closed in order, and the log
 * survives that as it survives a kill. From {@link #serving} on, the launcher's shutdown thread closes Vert.x and then calls
 * {@link #halt}.
 *
 * <p>Any thread may use it, but {@link #with} not an event loop: it waits for the shutdown, which waits for the loops.
 */
final class Exit {

    static final int UNFORESEEN = 1;

    static final long STOP_MILLIS_MAX = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Exit.class);

    private volatile int code;
    private volatile boolean serving;
    private volatile boolean stopping;

    void register() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    }

    void serving() {
        serving = true;
    }

    /** Whether the process was told to stop, so that what fails now is no news. */
    boolean isStopping() {
        return stopping;
    }

    void with(int exitCode) {
        code = exitCode;
        System.exit(exitCode);
    }

    void halt() {
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
        if (serving) {
            // A daemon, so that the shutdown does not wait for it.
            Thread limit = new Thread(this::limit, "stop-limit");
            limit.setDaemon(true);
            limit.start();
        } else {
            halt();
        }
    }

    private void limit() {
        try {
            Thread.sleep(STOP_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.error("stopping takes too long: expected at most {} ms", STOP_MILLIS_MAX);
        stopFailed();
        halt();
    }
}
