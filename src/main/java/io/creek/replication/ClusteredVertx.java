package io.creek.replication;

import io.creek.config.ClusterConfig;
import io.creek.config.HostPort;
import io.creek.config.StartupException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a Vert.x that is one of a cluster: whose cluster manager and event bus listen on one address, know whom to look for, and, with
 * certificates, speak to nobody who has none. Owns the membership, which the one Vert.x that is made uses. One thread makes and closes it.
 *
 * <p>Hazelcast's own protocol is not encrypted, as its open edition has no TLS. Who reaches the cluster port may disturb who finds whom, but
 * gets no further: the event bus believes certificates alone.
 */
public final class ClusteredVertx {

    private static final Logger LOG = LoggerFactory.getLogger(ClusteredVertx.class);

    /** A connection without an answer for both times is closed. The streams on it go by their own, shorter times. */
    private static final long PING_MILLIS = 3_000;

    private static final long PING_ANSWER_MILLIS = 4_000;
    private static final int CONNECT_MILLIS = 2_000;
    private static final int HANDSHAKE_SECONDS = 5;

    private final ClusterConfig config;
    private final InetAddress address;
    private final Optional<BusCertificates> certificates;
    private final HazelcastMember member;

    private ClusteredVertx(
            ClusterConfig config, InetAddress address, Optional<BusCertificates> certificates, HazelcastMember member) {
        this.config = config;
        this.address = address;
        this.certificates = certificates;
        this.member = member;
    }

    /**
     * Joins the cluster, or begins it. Blocks, for seconds when peers are away.
     *
     * @throws StartupException when an address or a port cannot be used, or a certificate is no good
     */
    public static ClusteredVertx join(ClusterConfig config) {
        Optional<BusCertificates> certificates = config.tls().map(BusCertificates::read);
        InetAddress address = address(config.host());
        requireFree("cluster_port", address, config.clusterPort());
        requireFree("bus_port", address, config.busPort());
        return new ClusteredVertx(
                config, address, certificates, HazelcastMember.join(config, address, bus(config, address)));
    }

    private static InetAddress address(String host) {
        try {
            // Of the loopback's two addresses, the one that every machine has.
            return InetAddress.getAllByName(host.equalsIgnoreCase("localhost") ? "127.0.0.1" : host)[0];
        } catch (UnknownHostException e) {
            throw new StartupException(
                    StartupException.CONFIGURATION,
                    "cluster_address = %s: expected an address of this machine, actual an unknown host".formatted(host),
                    e);
        }
    }

    /** Hazelcast and the event bus will bind it again: who takes it between is told about with a stack trace. */
    private static void requireFree(String key, InetAddress address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw new StartupException(
                    StartupException.CONFIGURATION,
                    "%s = %d: cannot listen on %s: %s".formatted(key, port, address.getHostAddress(), e.getMessage()),
                    e);
        }
    }

    /** Of the one Vert.x that is made with it. */
    public VertxBuilder builder(VertxOptions options) {
        // Netty's would wait for answers on a port of all interfaces; the bus has no names to resolve.
        System.setProperty("vertx.disableDnsResolver", "true");
        return Vertx.builder().with(options).withClusterManager(member.members());
    }

    /** Says in the options where the event bus is, and whom it believes. */
    public void configure(VertxOptions options) {
        EventBusOptions bus = options.getEventBusOptions()
                .setHost(address.getHostAddress())
                .setPort(config.busPort())
                .setClusterPingInterval(PING_MILLIS)
                .setClusterPingReplyInterval(PING_ANSWER_MILLIS)
                .setConnectTimeout(CONNECT_MILLIS)
                .setTcpNoDelay(true)
                // Vert.x' default, which believes everyone.
                .setTrustAll(false);
        certificates.ifPresent(files -> bus.setSsl(true)
                .setKeyCertOptions(files.keyCertificate())
                .setTrustOptions(files.trust())
                .setClientAuth(ClientAuth.REQUIRED)
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS));
    }

    /**
     * Leaves out what Vert.x 5.0.10 takes for a mistake, once for every message that was under way when a connection broke: its promise of a
     * message says that it was kept already whenever it is broken. Whoever sent the message has been told by then.
     */
    static void handleExceptions(Vertx vertx) {
        vertx.exceptionHandler(failure -> {
            boolean brokenPromise = failure instanceof IllegalStateException
                    && "Promise already completed".equals(failure.getMessage());
            if (!brokenPromise) {
                LOG.error("unhandled failure", failure);
            }
        });
    }

    BusMembers members() {
        return member.members();
    }

    /** What this process says of itself on the bus. */
    BusIdentity identity(long node, HostPort client) {
        return new BusIdentity(member.members().getNodeId(), bus(config, address), node, client);
    }

    private static HostPort bus(ClusterConfig config, InetAddress address) {
        return new HostPort(address.getHostAddress(), config.busPort());
    }

    /** Where the configuration says that the event buses of other nodes are. Looks names up, and so may block. Any thread. */
    Set<HostPort> places() {
        HostPort own = bus(config, address);
        Stream<HostPort> places = config.dnsName()
                .map(name -> places(name, config.busPort()))
                .orElseGet(() -> config.peers().stream()
                        .flatMap(peer -> places(peer.client().host(), peer.busPort())));
        return places.filter(place -> !place.equals(own)).collect(Collectors.toSet());
    }

    /** None while the name has no address, as that of a node that is away may have. */
    private Stream<HostPort> places(String host, int port) {
        try {
            // What a loopback address is called, each machine may order as it likes.
            InetAddress[] found = host.equalsIgnoreCase("localhost") && address.isLoopbackAddress()
                    ? new InetAddress[] {address}
                    : InetAddress.getAllByName(host);
            return Arrays.stream(found).map(each -> new HostPort(each.getHostAddress(), port));
        } catch (UnknownHostException e) {
            return Stream.empty();
        }
    }

    /** Leaves the cluster, after the Vert.x was closed. Blocks, for seconds at most. */
    public void close() {
        member.leave();
    }

    /** Leaves it without a word. */
    void terminate() {
        member.terminate();
    }
}
