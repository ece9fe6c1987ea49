package io.creek.replication;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reaches nodes over the clustered event bus, each at the address that its number makes.
 *
 * <p>Belongs to the context of an event loop; {@link #send} and {@link #counts} may come from any thread. Of what the
 * event bus would queue without end, at most {@value #OUTSTANDING_BYTES_MAX} bytes wait for a node, and at most {@value #UNREAD_BYTES_MAX} for
 * our own receiver: what comes on top is dropped.
 */
final class BusTransport implements Transport {

    /** Two windows of a stream, and room for what goes the other way. */
    static final long OUTSTANDING_BYTES_MAX = 4 << 20;

    static final long UNREAD_BYTES_MAX = 16 << 20;

    private static final DeliveryOptions OPTIONS = new DeliveryOptions().setCodecName(BusMessageCodec.NAME);

    /** A node as we write to it. */
    private static final class Destination {
        final MessageProducer<BusMessage> producer;
        final AtomicLong outstandingBytes = new AtomicLong();
        /** Of the last message; on the context. */
        @Nullable
        Throwable failure;

        Destination(MessageProducer<BusMessage> producer) {
            this.producer = producer;
        }
    }

    private final EventBus bus;
    private final Context context;
    private final long node;
    private final MessageReceiver receiver;
    private final Executor executor;
    private final LongConsumer answered;
    private final Map<Long, Destination> destinations = new ConcurrentHashMap<>();
    private final AtomicLong unreadBytes = new AtomicLong();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder unsent = new LongAdder();
    private final LongAdder unread = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private @Nullable MessageConsumer<BusMessage> consumer;

    /**
     * On the context it will belong to; once for a Vert.x.
     *
     * @param node our number
     * @param executor that runs the receiver
     * @param answered is told, on the context, which node has answered a {@link #ping}
     */
    BusTransport(Vertx vertx, long node, MessageReceiver receiver, Executor executor, LongConsumer answered) {
        bus = vertx.eventBus();
        context = vertx.getOrCreateContext();
        this.node = node;
        this.receiver = receiver;
        this.executor = executor;
        this.answered = answered;
        bus.registerCodec(new BusMessageCodec());
        // Whoever is on the bus may send a body of any codec, and Java's own would make objects of it.
        bus.serializableChecker(className -> false);
        bus.clusterSerializableChecker(className -> false);
    }

    /** From here on other nodes reach us. Done again, it replaces the subscription, of which the cluster may have lost sight. */
    Future<Void> subscribe() {
        MessageConsumer<BusMessage> before = consumer;
        MessageConsumer<BusMessage> fresh = bus.consumer(BusIdentity.address(node), this::onMessage);
        consumer = fresh;
        // The old one goes last, so that there is always one; of two, the bus gives each message to one.
        return fresh.completion().eventually(() -> before == null ? Future.succeededFuture() : before.unregister());
    }

    private Future<Void> unsubscribe() {
        MessageConsumer<BusMessage> last = consumer;
        consumer = null;
        return last == null ? Future.succeededFuture() : last.unregister();
    }

    @Override
    public void send(long to, ByteBuffer message) {
        int bytes = message.remaining();
        if (bytes > MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "message: expected at most %d bytes, actual %d".formatted(MESSAGE_BYTES_MAX, bytes));
        }
        send(to, new BusMessage(BusMessage.Kind.MESSAGE, node, message));
    }

    /** Asks a node whether it hears us, and we it. */
    void ping(long to) {
        send(to, BusMessage.of(BusMessage.Kind.PING, node));
    }

    private void send(long to, BusMessage message) {
        Destination destination = destinations.computeIfAbsent(to, this::destination);
        int bytes = BusMessageCodec.HEADER_BYTES + message.body().remaining();
        if (destination.outstandingBytes.addAndGet(bytes) > OUTSTANDING_BYTES_MAX) {
            destination.outstandingBytes.addAndGet(-bytes);
            unsent.increment();
        } else if (Vertx.currentContext() == context) {
            write(destination, message, bytes);
        } else {
            // One context for all keeps their order, which the streams like though they do not need it.
            context.runOnContext(ignored -> write(destination, message, bytes));
        }
    }

    private Destination destination(long to) {
        return new Destination(bus.sender(BusIdentity.address(to), OPTIONS));
    }

    private void write(Destination destination, BusMessage message, int bytes) {
        sent.increment();
        destination.producer.write(message).onComplete(written -> {
            destination.outstandingBytes.addAndGet(-bytes);
            destination.failure = written.cause();
            if (written.failed()) {
                unsent.increment();
            }
        });
    }

    private void onMessage(Message<BusMessage> message) {
        BusMessage content;
        try {
            content = message.body();
        } catch (RuntimeException e) {
            // Any bytes may have come, in any codec; those of a later version will, while nodes are upgraded one by
            // one.
            unreadable.increment();
            return;
        }
        received.increment();
        switch (content.kind()) {
            case MESSAGE -> deliver(content);
            case PING -> send(content.from(), BusMessage.of(BusMessage.Kind.ANSWER, node));
            case ANSWER -> answered.accept(content.from());
        }
    }

    private void deliver(BusMessage message) {
        int bytes = BusMessageCodec.HEADER_BYTES + message.body().remaining();
        if (unreadBytes.addAndGet(bytes) > UNREAD_BYTES_MAX) {
            unreadBytes.addAndGet(-bytes);
            unread.increment();
            return;
        }
        try {
            executor.execute(() -> {
                unreadBytes.addAndGet(-bytes);
                receiver.receive(message.from(), message.body());
            });
        } catch (RejectedExecutionException e) {
            unreadBytes.addAndGet(-bytes);
            unread.increment();
        }
    }

    /** Why the last message did not leave for the node, if it did not. On the context. */
    Optional<Throwable> failure(long to) {
        Destination destination = destinations.get(to);
        return destination == null ? Optional.empty() : Optional.ofNullable(destination.failure);
    }

    BusCounts counts() {
        return new BusCounts(sent.sum(), received.sum(), unsent.sum(), unread.sum(), unreadable.sum());
    }

    /** Forgets a node that is gone for good. */
    void forget(long to) {
        destinations.remove(to);
    }

    /** What still comes is dropped; the bus keeps the codec, so that it does not take that for a mistake. */
    Future<Void> close() {
        return unsubscribe();
    }
}
