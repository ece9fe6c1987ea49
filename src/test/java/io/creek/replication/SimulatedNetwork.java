package io.creek.replication;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Loses, repeats, delays and reorders messages, until it is told to behave. */
final class SimulatedNetwork {
    interface Delivery {
        void at(long delayMillis, long from, long to, ByteBuffer message);
    }

    record Way(long from, long to) {}

    private static final int SLOW_MILLIS_MAX = 2_000;

    private final Random random;
    private final Delivery delivery;
    private final int lossPercent;
    private final int repeatPercent;
    private final int slowPercent;
    private final Set<Way> cut = new HashSet<>();
    private boolean slow;
    private boolean behaves;

    SimulatedNetwork(Random random, Delivery delivery) {
        this.random = random;
        this.delivery = delivery;
        boolean bad = random.nextInt(4) > 0;
        lossPercent = bad ? random.nextInt(30) : 0;
        repeatPercent = bad ? random.nextInt(20) : 0;
        slowPercent = bad ? random.nextInt(10) : 0;
    }

    void behave() {
        behaves = true;
        cut.clear();
    }

    void misbehave() {
        behaves = false;
    }

    /** Half of what is sent while it is slow comes seconds later. */
    void slow(boolean now) {
        slow = now;
    }

    boolean cut(Way way) {
        return cut.add(way);
    }

    boolean isCut(long from, long to) {
        return cut.contains(new Way(from, to));
    }

    void mend(Way way) {
        cut.remove(way);
    }

    void send(long from, long to, ByteBuffer message) {
        if (cut.contains(new Way(from, to)) || (!behaves && random.nextInt(100) < lossPercent)) {
            return;
        }
        int copies = !behaves && random.nextInt(100) < repeatPercent ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            delivery.at(delayMillis(), from, to, copy(message));
        }
    }

    private long delayMillis() {
        if (slow && !behaves && random.nextBoolean()) {
            return random.nextInt(SLOW_MILLIS_MAX);
        }
        if (behaves || random.nextInt(100) >= slowPercent) {
            return random.nextInt(4);
        }
        // The longest are there when a node is in its next life.
        return random.nextInt(4) == 0 ? random.nextInt(6_000) : random.nextInt(300);
    }

    private static ByteBuffer copy(ByteBuffer message) {
        return ByteBuffer.allocate(message.remaining()).put(message.duplicate()).flip();
    }
}
