package io.creek.replication;

import io.creek.config.ClusterConfig;
import io.creek.config.HostPort;
import io.creek.config.PeerAddress;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A node that has a bus and nothing else, in this JVM and on 127.0.0.1, and what it was told. */
final class BusNode implements AutoCloseable {

    static final long SECONDS_MAX = 30;

    /** Ports of a node of the test. */
    record Place(int client, int cluster, int bus) {

        static List<Place> some(int count) throws IOException {
            List<ServerSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 3 * count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < 3 * count; i += 3) {
                places.add(new Place(
                        sockets.get(i).getLocalPort(),
                        sockets.get(i + 1).getLocalPort(),
                        sockets.get(i + 2).getLocalPort()));
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return places;
        }

        HostPort address() {
            return new HostPort("localhost", client);
        }

        PeerAddress peer() {
            return new PeerAddress(address(), cluster, bus);
        }
    }

    record Received(long from, ByteBuffer message) {}

    final List<Received> received = new CopyOnWriteArrayList<>();

    /** {@code +1 localhost:8080} for one that appeared, {@code -1 …} for one that vanished, {@code taken}. */
    final List<String> told = new CopyOnWriteArrayList<>();

    private final ClusteredVertx cluster;
    private final Vertx vertx;
    private final BusVerticle verticle;

    private BusNode(ClusteredVertx cluster, Vertx vertx, long node, Place place, Executor executor) {
        this.cluster = cluster;
        this.vertx = vertx;
        verticle = new BusVerticle(
                cluster,
                node,
                place.address(),
                (from, message) -> received.add(new Received(from, message)),
                new PresenceListener() {
                    @Override
                    public void appeared(long other, HostPort client) {
                        told.add("+" + other + " " + client);
                    }

                    @Override
                    public void vanished(long other, HostPort client) {
                        told.add("-" + other + " " + client);
                    }

                    @Override
                    public void numberTaken(String problem) {
                        told.add("taken: " + problem);
                    }
                },
                executor);
    }

    static BusNode start(long node, Place place, List<Place> peers) throws Exception {
        return start(node, place, peers, Optional.empty(), Runnable::run);
    }

    static BusNode start(
            long node, Place place, List<Place> peers, Optional<ClusterConfig.BusTls> tls, Executor executor)
            throws Exception {
        ClusteredVertx cluster = ClusteredVertx.join(new ClusterConfig(
                "localhost",
                place.cluster,
                place.bus,
                peers.stream().map(Place::peer).toList(),
                Optional.empty(),
                tls));
        VertxOptions options = new VertxOptions().setEventLoopPoolSize(1);
        cluster.configure(options);
        Vertx vertx = cluster.builder(options).buildClustered().await(SECONDS_MAX, TimeUnit.SECONDS);
        BusNode started = new BusNode(cluster, vertx, node, place, executor);
        try {
            vertx.deployVerticle(started.verticle).await(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (Exception | Error e) {
            started.close();
            throw e;
        }
        return started;
    }

    void send(long to, byte[] message) {
        verticle.transport().send(to, ByteBuffer.wrap(message));
    }

    BusCounts counts() {
        return verticle.counts();
    }

    /** Takes it from the list of the cluster, and leaves its bus running. */
    void leaveTheList() {
        cluster.terminate();
    }

    /** Says good-bye to nobody. */
    void kill() throws Exception {
        cluster.terminate();
        close();
    }

    @Override
    public void close() throws Exception {
        vertx.close().await(SECONDS_MAX, TimeUnit.SECONDS);
        cluster.close();
    }
}
