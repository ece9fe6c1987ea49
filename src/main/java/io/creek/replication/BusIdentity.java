package io.creek.replication;

import io.creek.config.HostPort;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Who a node is, as it tells the others itself: the body of what asks and answers on the bus, as JSON.
 *
 * @param member the cluster manager's name for the process; another one at every start
 * @param bus where its event bus listens
 * @param node its number
 * @param client where its clients connect
 */
record BusIdentity(String member, HostPort bus, long node, HostPort client) {

    private static final String MEMBER = "member";
    private static final String BUS_HOST = "bus_host";
    private static final String BUS_PORT = "bus_port";
    private static final String NODE = "node";
    private static final String HOST = "host";
    private static final String PORT = "port";

    /** Empty when it is no identity of a node. */
    static Optional<BusIdentity> of(ByteBuffer body) {
        try {
            byte[] bytes = new byte[body.remaining()];
            body.duplicate().get(bytes);
            JsonObject json = new JsonObject(Buffer.buffer(bytes));
            return Optional.of(new BusIdentity(
                    text(json, MEMBER),
                    new HostPort(text(json, BUS_HOST), json.getInteger(BUS_PORT)),
                    Long.parseUnsignedLong(text(json, NODE), 16),
                    new HostPort(text(json, HOST), json.getInteger(PORT))));
        } catch (RuntimeException e) {
            // A stranger may have put anything there: another type, another number, nothing.
            return Optional.empty();
        }
    }

    private static String text(JsonObject json, String key) {
        String text = json.getString(key);
        if (text == null) {
            throw new IllegalArgumentException(key + ": expected a text, actual nothing");
        }
        return text;
    }

    ByteBuffer toBody() {
        return ByteBuffer.wrap(new JsonObject()
                .put(MEMBER, member)
                .put(BUS_HOST, bus.host())
                .put(BUS_PORT, bus.port())
                .put(NODE, name())
                .put(HOST, client.host())
                .put(PORT, client.port())
                .toBuffer()
                .getBytes());
    }

    /** The number as logs have it. */
    String name() {
        return NodeNumber.text(node);
    }
}
