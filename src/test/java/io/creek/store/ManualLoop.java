package io.creek.store;

import java.util.concurrent.ConcurrentLinkedQueue;

/** An event loop that the test turns by hand. Tasks may come from any thread; one thread, the test's, is every loop. */
public final class ManualLoop implements Loop {
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private static final ThreadLocal<ManualLoop> CURRENT = new ThreadLocal<>();

    @Override
    public boolean isCurrent() {
        return CURRENT.get() == this;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void executeLater(Runnable task) {
        tasks.add(task);
    }

    boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** Runs one task; false when there was none. */
    public boolean turn() {
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        CURRENT.set(this);
        try {
            task.run();
        } finally {
            CURRENT.remove();
        }
        return true;
    }
}
