package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

final class VertxLoopTest {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int SLICES_MAX = 1_000;

    /** As those of snapshots and walks, which ask for the next one when the last one ends, or sooner. */
    @Test
    void slicesThatFollowEachOtherLetSocketsBeReadBetweenThem() throws Exception {
        assertThat(slicesDuringARoundTrip(false)).isLessThan(SLICES_MAX / 10);
        assertThat(slicesDuringARoundTrip(true)).isLessThan(SLICES_MAX / 10);
    }

    /** @param fromOtherThread whether the next slice is asked for there, or on the loop */
    private static int slicesDuringARoundTrip(boolean fromOtherThread) throws Exception {
        Vertx vertx = Vertx.vertx();
        CompletableFuture<VertxLoop> found = new CompletableFuture<>();
        CompletableFuture<Integer> port = new CompletableFuture<>();
        vertx.deployVerticle(new AbstractVerticle() {
            @Override
            public void start() {
                found.complete(VertxLoop.current(vertx));
                vertx.createNetServer()
                        .connectHandler(socket -> socket.handler(socket::write))
                        .listen(0, "127.0.0.1")
                        .onSuccess(server -> port.complete(server.actualPort()));
            }
        });
        VertxLoop loop = found.get(10, TimeUnit.SECONDS);
        AtomicInteger slices = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.get(10, TimeUnit.SECONDS))) {
            roundTrip(socket);
            Thread asking = new Thread(() -> {
                // One more than runs, so that the loop always has a next one.
                Semaphore ahead = new Semaphore(2);
                for (int i = 0; i < SLICES_MAX && !done.get(); i++) {
                    ahead.acquireUninterruptibly();
                    loop.executeLater(() -> {
                        work(slices);
                        ahead.release();
                    });
                }
            });
            if (fromOtherThread) {
                asking.start();
            } else {
                loop.executeLater(() -> chain(loop, slices, done));
            }
            while (slices.get() == 0) {
                Thread.onSpinWait();
            }
            int before = slices.get();
            roundTrip(socket);
            int during = slices.get() - before;
            done.set(true);
            asking.join();
            return during;
        } finally {
            done.set(true);
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    private static void chain(VertxLoop loop, AtomicInteger slices, AtomicBoolean done) {
        work(slices);
        if (!done.get() && slices.get() < SLICES_MAX) {
            loop.executeLater(() -> chain(loop, slices, done));
        }
    }

    private static void work(AtomicInteger slices) {
        long end = System.nanoTime() + SLICE_NANOS;
        slices.incrementAndGet();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(SLICE_NANOS / 20);
        }
    }

    private static void roundTrip(Socket socket) throws IOException {
        socket.getOutputStream().write('x');
        assertThat(socket.getInputStream().read()).isEqualTo('x');
    }
}
