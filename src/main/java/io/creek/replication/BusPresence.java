package io.creek.replication;

import io.creek.config.StartupException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes the cluster has. It looks when the cluster manager tells of a change, and every {@value #LOOK_MILLIS} ms in case that it forgot
 * to. A node says its number and its client address in what the cluster manager keeps of it.
 *
 * <p>Belongs to the context of an event loop, and calls the listener there. Another holder of our number may be what is left of our own last
 * run, until the cluster notices that it is dead: it is borne for {@value #RIVAL_MILLIS_MAX} ms. Of two that stay, the one that came to the
 * cluster later has to go.
 */
final class BusPresence {

    static final long LOOK_MILLIS = 2_000;

    /** Above what the cluster needs to notice that a member is dead. */
    static final long RIVAL_MILLIS_MAX = 15_000;

    /** Of a node that is listed, but has not said who it is yet. */
    private static final long LOOK_AGAIN_MILLIS = 100;

    /** Without an answer for so long our subscription is made anew: the cluster may have forgotten it (vert.x #4394). */
    static final long SILENT_MILLIS_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(BusPresence.class);

    /** Another node, as it says of itself. */
    private static final class Other {
        /** The cluster manager's name for it. */
        final String id;

        final BusIdentity identity;
        long answeredMillis;
        boolean silent;

        Other(String id, BusIdentity identity, long nowMillis) {
            this.id = id;
            this.identity = identity;
            answeredMillis = nowMillis;
        }
    }

    private final Vertx vertx;
    private final Context context;
    private final ClusterManager manager;
    private final BusTransport transport;
    private final BusIdentity self;
    private final PresenceListener listener;
    private final LongSupplier monotonicMillis;
    private final Promise<Void> started = Promise.promise();

    private final Map<String, Other> others = new HashMap<>();

    private final Set<String> asked = new HashSet<>();
    private final Set<String> strangers = new HashSet<>();
    private Optional<Long> rivalSinceMillis = Optional.empty();
    private long subscribedMillis;
    private boolean subscribing;
    private boolean announcing;
    private boolean lookingAgain;
    private boolean stopped;
    private long timer;

    /** On the context it will belong to. */
    BusPresence(
            Vertx vertx,
            ClusterManager manager,
            BusTransport transport,
            BusIdentity self,
            PresenceListener listener,
            LongSupplier monotonicMillis) {
        this.vertx = vertx;
        context = vertx.getOrCreateContext();
        this.manager = manager;
        this.transport = transport;
        this.self = self;
        this.listener = listener;
        this.monotonicMillis = monotonicMillis;
    }

    /** Ends when the others can find us, or with a {@link StartupException} when one of them has our number. */
    Future<Void> start() {
        manager.nodeListener(new NodeListener() {
            @Override
            public void nodeAdded(String id) {
                context.runOnContext(ignored -> look());
            }

            @Override
            public void nodeLeft(String id) {
                context.runOnContext(ignored -> look());
            }
        });
        timer = vertx.setPeriodic(LOOK_MILLIS, ignored -> {
            look();
            ping();
            announceAgain();
        });
        look();
        return started.future();
    }

    void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
    }

    private void look() {
        if (stopped || !manager.isActive()) {
            return;
        }
        List<String> listed = manager.getNodes();
        for (String id : List.copyOf(others.keySet())) {
            if (!listed.contains(id)) {
                vanished(id);
            }
        }
        strangers.retainAll(listed);
        for (String id : listed) {
            boolean known = id.equals(manager.getNodeId()) || others.containsKey(id) || strangers.contains(id);
            if (!known && asked.add(id)) {
                ask(id);
            }
        }
        if (asked.isEmpty()) {
            decide(listed);
        }
    }

    private void ask(String id) {
        Promise<NodeInfo> answer = Promise.promise();
        manager.getNodeInfo(id, answer);
        answer.future()
                .onComplete(info -> context.runOnContext(ignored -> {
                    asked.remove(id);
                    JsonObject said = info.succeeded() ? info.result().metadata() : null;
                    if (said == null) {
                        lookAgain();
                    } else if (!stopped
                            && manager.isActive()
                            && manager.getNodes().contains(id)) {
                        BusIdentity.of(said).ifPresentOrElse(identity -> appeared(id, identity), () -> {
                            strangers.add(id);
                            LOG.warn("a member of the cluster is no node of this version: it says {}", said);
                        });
                    }
                    if (asked.isEmpty() && !stopped && manager.isActive()) {
                        decide(manager.getNodes());
                    }
                }));
    }

    private void lookAgain() {
        if (!lookingAgain && !stopped) {
            lookingAgain = true;
            vertx.setTimer(LOOK_AGAIN_MILLIS, ignored -> {
                lookingAgain = false;
                look();
            });
        }
    }

    private void appeared(String id, BusIdentity identity) {
        others.put(id, new Other(id, identity, monotonicMillis.getAsLong()));
        if (identity.node() != self.node()) {
            LOG.info("node {} at {} is there", identity.name(), identity.client());
            listener.appeared(identity.node(), identity.client());
        }
    }

    private void vanished(String id) {
        Other other = others.remove(id);
        if (other != null && other.identity.node() != self.node() && !isPresent(other.identity.node())) {
            BusIdentity gone = other.identity;
            LOG.info("node {} at {} is gone", gone.name(), gone.client());
            transport.forget(gone.node());
            listener.vanished(gone.node(), gone.client());
        }
    }

    private boolean isPresent(long node) {
        return others.values().stream().anyMatch(other -> other.identity.node() == node);
    }

    /** Whether the place that our number stands for is ours; then, the first time, the others are told of us. */
    private void decide(List<String> listed) {
        Optional<Other> rival = others.values().stream()
                .filter(other -> other.identity.node() == self.node())
                .findFirst();
        if (rival.isEmpty()) {
            rivalSinceMillis = Optional.empty();
            subscribeFirst();
            return;
        }
        long nowMillis = monotonicMillis.getAsLong();
        long sinceMillis = rivalSinceMillis.orElse(nowMillis);
        rivalSinceMillis = Optional.of(sinceMillis);
        if (nowMillis - sinceMillis < RIVAL_MILLIS_MAX) {
            lookAgain();
        } else if (listed.indexOf(rival.get().id) < listed.indexOf(manager.getNodeId())) {
            stop();
            giveUp(rival.get().identity);
        } else {
            subscribeFirst();
        }
    }

    private void giveUp(BusIdentity rival) {
        String problem =
                "node number %s: the node at %s runs with it, so this one must not: their data directories are copies of each other;"
                                .formatted(self.name(), rival.client())
                        + " keep one of them, give the other node an empty directory (data_store_directory), and it gets the data from its peers";
        if (!started.tryFail(new StartupException(StartupException.DATA_DIRECTORY, problem))) {
            listener.numberTaken(problem);
        }
    }

    private void subscribeFirst() {
        if (started.future().isComplete() || subscribing) {
            return;
        }
        subscribe().compose(ignored -> announce()).onComplete(done -> {
            if (done.succeeded()) {
                started.tryComplete();
            } else {
                started.tryFail(done.cause());
            }
        });
    }

    private Future<Void> subscribe() {
        subscribing = true;
        subscribedMillis = monotonicMillis.getAsLong();
        return transport.subscribe().onComplete(done -> subscribing = false);
    }

    /** Beside what Vert.x has told of us: where our event bus is. */
    private Future<Void> announce() {
        NodeInfo bus = manager.getNodeInfo();
        Promise<Void> told = Promise.promise();
        manager.setNodeInfo(new NodeInfo(bus.host(), bus.port(), self.toJson()), told);
        return told.future();
    }

    /**
     * When the cluster has lost what it keeps of us. A member that is slow to notice that we were gone takes that away, and our subscriptions, when
     * we have long come back.
     */
    private void announceAgain() {
        if (stopped || announcing || !started.future().isComplete() || !manager.isActive()) {
            return;
        }
        announcing = true;
        Promise<NodeInfo> kept = Promise.promise();
        manager.getNodeInfo(manager.getNodeId(), kept);
        kept.future()
                .onComplete(info -> context.runOnContext(ignored -> {
                    if (info.succeeded() || stopped || !manager.isActive()) {
                        announcing = false;
                        return;
                    }
                    announce()
                            .compose(done -> subscribing ? Future.succeededFuture() : subscribe())
                            .onComplete(done -> context.runOnContext(again -> announcing = false));
                }));
    }

    private void ping() {
        if (stopped || !started.future().isComplete()) {
            return;
        }
        long nowMillis = monotonicMillis.getAsLong();
        boolean anySilent = false;
        for (Other other : others.values()) {
            boolean silent = nowMillis - other.answeredMillis > SILENT_MILLIS_MAX;
            if (silent && !other.silent) {
                warnOf(other.identity, nowMillis - other.answeredMillis);
            }
            other.silent = silent;
            anySilent |= silent;
            if (other.identity.node() != self.node()) {
                transport.ping(other.identity.node());
            }
        }
        if (anySilent && !subscribing && nowMillis - subscribedMillis > SILENT_MILLIS_MAX) {
            subscribe().onFailure(failure -> LOG.warn("cannot subscribe to {}", self.address(), failure));
        }
    }

    private void warnOf(BusIdentity silent, long millis) {
        LOG.warn(
                "node {} at {} is in the cluster, but has not answered for {} ms{}",
                silent.name(),
                silent.client(),
                millis,
                transport
                        .failure(silent.node())
                        .map(failure -> ": " + rootOf(failure))
                        .orElse(""));
    }

    /** A handshake's failure says only that it is one. */
    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** The node hears us, and we it. */
    void answered(long node) {
        for (Other other : others.values()) {
            if (other.identity.node() == node) {
                other.answeredMillis = monotonicMillis.getAsLong();
                if (other.silent) {
                    other.silent = false;
                    LOG.info("node {} at {} answers again", other.identity.name(), other.identity.client());
                }
            }
        }
    }
}
