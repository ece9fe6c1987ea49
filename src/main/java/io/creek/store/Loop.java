package io.creek.store;

/**
 * An event loop, as far as shards need one: the thread that owns them, and a way to it from another. In a server it is Vert.x's; a
 * simulation runs all loops in one thread.
 */
public interface Loop {

    /** Whether the caller is on this loop. */
    boolean isCurrent();

    /** Runs the task on this loop, after what was handed to it before and, on the loop itself, after what is ready to be read. */
    void execute(Runnable task);

    /**
     * Runs the task on this loop, once it has looked for what is ready to be read. For a slice of long work: a chain of tasks that {@link
     * #execute} each other keeps a loop from its sockets.
     */
    void executeLater(Runnable task);
}
