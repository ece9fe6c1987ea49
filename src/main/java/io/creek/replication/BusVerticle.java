package io.creek.replication;

import io.creek.config.HostPort;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node on the bus: from its deployment on it is found by the others and finds them. It fails to deploy where another has its number. */
public final class BusVerticle extends VerticleBase {

    private final ClusteredVertx cluster;
    private final long node;
    private final HostPort client;
    private final MessageReceiver receiver;
    private final PresenceListener listener;
    private final Executor executor;
    private volatile @Nullable BusTransport transport;
    private @Nullable BusPresence presence;

    /**
     * @param cluster that made the Vert.x that it will be deployed to
     * @param node our number
     * @param client where our clients connect
     * @param executor that runs receiver and listener, one task after the other
     */
    public BusVerticle(
            ClusteredVertx cluster,
            long node,
            HostPort client,
            MessageReceiver receiver,
            PresenceListener listener,
            Executor executor) {
        this.cluster = cluster;
        this.node = node;
        this.client = client;
        this.receiver = receiver;
        this.listener = listener;
        this.executor = executor;
    }

    /** May be used from any thread; drops what it is given before the deployment and after its end. */
    public Transport transport() {
        return (node, message) -> {
            BusTransport opened = transport;
            if (opened != null) {
                opened.send(node, message);
            }
        };
    }

    /** Of all messages since the deployment. Any thread. */
    public BusCounts counts() {
        BusTransport opened = transport;
        return opened == null ? BusCounts.NONE : opened.counts();
    }

    @Override
    public Future<?> start() {
        ClusteredVertx.handleExceptions(vertx);
        BusIdentity self = cluster.identity(node, client);
        BusTransport opened = new BusTransport(vertx, self, receiver, executor);
        BusPresence watched = new BusPresence(
                vertx,
                cluster.members(),
                opened,
                self,
                new Hopping(listener, executor),
                cluster::places,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        transport = opened;
        presence = watched;
        return watched.start();
    }

    @Override
    public Future<?> stop() {
        if (presence != null) {
            presence.stop();
        }
        BusTransport opened = transport;
        transport = null;
        return opened == null ? Future.succeededFuture() : opened.close();
    }

    private record Hopping(PresenceListener listener, Executor executor) implements PresenceListener {

        @Override
        public void appeared(long node, HostPort client) {
            executor.execute(() -> listener.appeared(node, client));
        }

        @Override
        public void vanished(long node, HostPort client) {
            executor.execute(() -> listener.vanished(node, client));
        }

        @Override
        public void numberTaken(String problem) {
            executor.execute(() -> listener.numberTaken(problem));
        }
    }
}
