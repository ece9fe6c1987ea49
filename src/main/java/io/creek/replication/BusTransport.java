package io.creek.replication;

import io.creek.config.HostPort;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Reaches nodes over the clustered event bus. Every process in the cluster, a member, has an address there, see {@link BusMembers}; by which
 * member a node is reached now is told by {@link #route}.
 *
 * <p>Belongs to the context of an event loop; {@link #send} and {@link #counts} may come from any thread. Of what the
 * event bus would queue without end, at most {@value #OUTSTANDING_BYTES_MAX} bytes wait for a node, and at most {@value #UNREAD_BYTES_MAX} for
 * our own receiver: what comes on top is dropped.
 */
final class BusTransport implements Transport {

    /** Two windows of a stream, and room for what goes the other way. */
    static final long OUTSTANDING_BYTES_MAX = 4 << 20;

    static final long UNREAD_BYTES_MAX = 16 << 20;

    /** Is told who asks and answers, on the context. */
    interface Contacts {
        /** The member asks whether we are there. */
        void asked(BusIdentity by);

        /** The member is there, and takes part. */
        void answered(BusIdentity by);
    }

    /** A member as we write to it. */
    private static final class Destination {
        final MessageProducer<Buffer> producer;
        final AtomicLong outstandingBytes = new AtomicLong();
        /** Of the last message; on the context. */
        @Nullable
        Throwable failure;

        Destination(MessageProducer<Buffer> producer) {
            this.producer = producer;
        }
    }

    private final EventBus bus;
    private final Context context;
    private final BusIdentity self;
    private final MessageReceiver receiver;
    private final Executor executor;
    /** By number, the member that the node is. */
    private final Map<Long, String> routes = new ConcurrentHashMap<>();

    private final Map<String, Destination> destinations = new ConcurrentHashMap<>();
    private final AtomicLong unreadBytes = new AtomicLong();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder unsent = new LongAdder();
    private final LongAdder unread = new LongAdder();
    private final LongAdder unreadable = new LongAdder();
    private final List<MessageConsumer<Object>> consumers = new ArrayList<>();

    /**
     * On the context it will belong to; once for a Vert.x.
     *
     * @param executor that runs the receiver
     */
    BusTransport(Vertx vertx, BusIdentity self, MessageReceiver receiver, Executor executor) {
        bus = vertx.eventBus();
        context = vertx.getOrCreateContext();
        this.self = self;
        this.receiver = receiver;
        this.executor = executor;
        // Whoever is on the bus may send a body of any codec, and Java's own would make objects of it.
        bus.serializableChecker(className -> false);
        bus.clusterSerializableChecker(className -> false);
    }

    /** From here on other members reach us, by what we are called, or by where we are. */
    void listen(Contacts contacts) {
        for (String name : List.of(self.member(), BusMembers.at(self.bus()))) {
            consumers.add(bus.consumer(BusMembers.address(name), message -> onMessage(message, contacts)));
        }
    }

    /** The node is reached by way of the member. */
    void route(long node, String member) {
        routes.put(node, member);
    }

    /** The node is not reached any more. */
    void unroute(long node) {
        routes.remove(node);
    }

    /** Forgets a member that is gone for good. */
    void forget(String member) {
        destinations.remove(member);
    }

    @Override
    public void send(long to, ByteBuffer message) {
        int bytes = message.remaining();
        if (bytes > MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "message: expected at most %d bytes, actual %d".formatted(MESSAGE_BYTES_MAX, bytes));
        }
        String member = routes.get(to);
        if (member == null) {
            unsent.increment();
        } else {
            send(member, new BusMessage(BusMessage.Kind.MESSAGE, self.node(), message), true);
        }
    }

    /** Asks a member whether it hears us, and we it, and who it is. */
    void ask(String member) {
        send(member, BusMessage.of(BusMessage.Kind.PING, self), true);
    }

    /** Asks whoever is there, if anybody is. */
    void askAt(HostPort place) {
        send(BusMembers.at(place), BusMessage.of(BusMessage.Kind.PING, self), false);
    }

    void answer(String member) {
        send(member, BusMessage.of(BusMessage.Kind.ANSWER, self), true);
    }

    /** @param counts whether something is lost when it does not leave */
    private void send(String to, BusMessage message, boolean counts) {
        Destination destination = destinations.computeIfAbsent(to, this::destination);
        Buffer encoded = BusMessageCodec.encode(message);
        int bytes = encoded.length();
        if (destination.outstandingBytes.addAndGet(bytes) > OUTSTANDING_BYTES_MAX) {
            destination.outstandingBytes.addAndGet(-bytes);
            countUnsent(counts);
        } else if (Vertx.currentContext() == context) {
            write(destination, encoded, counts);
        } else {
            // One context for all keeps their order, which the streams like though they do not need it.
            context.runOnContext(ignored -> write(destination, encoded, counts));
        }
    }

    private Destination destination(String member) {
        return new Destination(bus.sender(BusMembers.address(member)));
    }

    private void countUnsent(boolean counts) {
        if (counts) {
            unsent.increment();
        }
    }

    private void write(Destination destination, Buffer message, boolean counts) {
        sent.increment();
        destination.producer.write(message).onComplete(written -> {
            destination.outstandingBytes.addAndGet(-message.length());
            destination.failure = written.cause();
            if (written.failed()) {
                countUnsent(counts);
            }
        });
    }

    private void onMessage(Message<Object> message, Contacts contacts) {
        BusMessage content;
        try {
            content = BusMessageCodec.decode((Buffer) message.body());
        } catch (RuntimeException e) {
            // Any bytes may have come, in any codec; those of a later version will, while nodes are upgraded one by
            // one.
            unreadable.increment();
            return;
        }
        received.increment();
        switch (content.kind()) {
            case MESSAGE -> deliver(content);
            case PING -> BusIdentity.of(content.body()).ifPresentOrElse(contacts::asked, unreadable::increment);
            case ANSWER -> BusIdentity.of(content.body()).ifPresentOrElse(contacts::answered, unreadable::increment);
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

    /** Why the last message did not leave for the member, if it did not. On the context. */
    Optional<Throwable> failure(String member) {
        Destination destination = destinations.get(member);
        return destination == null ? Optional.empty() : Optional.ofNullable(destination.failure);
    }

    BusCounts counts() {
        return new BusCounts(sent.sum(), received.sum(), unsent.sum(), unread.sum(), unreadable.sum());
    }

    /** What still comes is dropped; the bus keeps the codec, so that it does not take that for a mistake. */
    Future<?> close() {
        List<Future<Void>> ended =
                consumers.stream().map(MessageConsumer::unregister).toList();
        consumers.clear();
        return Future.join(ended);
    }
}
