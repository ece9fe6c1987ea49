package io.creek.store;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/**
 * A Vert.x event loop. Tasks go to Netty's loop itself: they are many, and need no Vert.x context. From a read handler they run after
 * all sockets that were ready in this turn were read.
 */
public final class VertxLoop implements Loop {
    private final EventLoop loop;

    private VertxLoop(EventLoop loop) {
        this.loop = loop;
    }

    /** The loop of the verticle that calls. */
    public static VertxLoop current(Vertx vertx) {
        return new VertxLoop(((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop());
    }

    @Override
    public boolean isCurrent() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /**
     * Netty looks for tasks that are due only after it has looked at its sockets; for others it goes on for up to a second. One that another
     * thread schedules counts as one of those others, and would run at once.
     */
    @Override
    public void executeLater(Runnable task) {
        if (loop.inEventLoop()) {
            ScheduledFuture<?> unused = loop.schedule(task, 0, TimeUnit.NANOSECONDS);
        } else {
            loop.execute(() -> executeLater(task));
        }
    }
}
