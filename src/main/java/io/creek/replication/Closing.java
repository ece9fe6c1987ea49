package io.creek.replication;

import io.creek.replication.Replica.Closed;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** This node's closed versions (rule 11): a new one about every second, which counts once it is durable. Owned by replication's thread. */
final class Closing {
    private final Replica replica;
    private Closed closed = Closed.NONE;
    private @Nullable Closed notDurable;
    private boolean asked;
    private long askedAtMillis = Long.MIN_VALUE / 2;

    Closing(Replica replica) {
        this.replica = replica;
    }

    Closed closed() {
        return closed;
    }

    /**
     * @param settled whether a version may be closed now
     * @return whether there is another closed version
     */
    boolean step(long nowMillis, BooleanSupplier settled) {
        Closed asking = notDurable;
        boolean closes = asking != null && asking.sequence() <= replica.durable();
        if (asking != null && closes) {
            closed = asking;
            notDurable = null;
        }
        if (!asked
                && notDurable == null
                && nowMillis - askedAtMillis >= Members.STATUS_MILLIS
                && settled.getAsBoolean()) {
            asked = true;
            askedAtMillis = nowMillis;
            replica.close(now -> {
                asked = false;
                notDurable = now;
            });
        }
        return closes;
    }
}
