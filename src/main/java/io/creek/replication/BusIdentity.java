package io.creek.replication;

import io.creek.config.HostPort;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Who a node is, as the cluster manager keeps it for all.
 *
 * @param node its number
 * @param client where its clients connect
 */
record BusIdentity(long node, HostPort client) {

    private static final String NODE = "node";
    private static final String HOST = "host";
    private static final String PORT = "port";

    /** Empty when it is no identity of a node. */
    static Optional<BusIdentity> of(JsonObject json) {
        try {
            return Optional.of(new BusIdentity(
                    Long.parseUnsignedLong(json.getString(NODE), 16),
                    new HostPort(json.getString(HOST), json.getInteger(PORT))));
        } catch (RuntimeException e) {
            // A stranger may have put anything there: another type, another number, nothing.
            return Optional.empty();
        }
    }

    JsonObject toJson() {
        return new JsonObject().put(NODE, name()).put(HOST, client.host()).put(PORT, client.port());
    }

    /** The number as logs and addresses have it. */
    String name() {
        return name(node);
    }

    static String name(long node) {
        return "%016x".formatted(node);
    }

    /** On the event bus. */
    String address() {
        return address(node);
    }

    static String address(long node) {
        return "creek.node." + name(node);
    }
}
