package io.creek.replication;

import io.creek.log.FsyncPolicy;
import io.creek.store.HeldEntry;
import io.creek.store.HeldEntry.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one node has shown to its clients, by an acknowledgement or a read, and what of it every later life has to have: all after a kill; after
 * a loss of power what the fsync policy says. A newer write of the same key is as good.
 *
 * <p>Owned by one node of a simulation; one thread.
 */
final class ClusterPromises {
    static final int SHOWN_LATE_MILLIS = 1_000;

    private record Shown(long runMillis, String key, Stamp stamp) {}

    private final Map<String, Stamp> firm = new HashMap<>();
    private final List<Shown> shown = new ArrayList<>();
    private long deathRunMillis;
    private boolean powerLost;

    /** @param runMillis the time that the process has run, without pauses */
    void show(long runMillis, String key, Stamp stamp) {
        shown.add(new Shown(runMillis, key, stamp));
    }

    void died(long runMillis, boolean powerLoss, boolean opened) {
        if (opened) {
            deathRunMillis = runMillis;
            powerLost = false;
        }
        powerLost |= powerLoss;
    }

    /** What has to be there at this start; nothing of it is forgotten any more. */
    Map<String, Stamp> settle(FsyncPolicy fsync) {
        long untilMillis =
                switch (powerLost ? fsync : FsyncPolicy.ALWAYS) {
                    case ALWAYS -> Long.MAX_VALUE;
                    case EVERYSEC -> deathRunMillis - SHOWN_LATE_MILLIS;
                    case NO -> Long.MIN_VALUE;
                };
        for (Shown each : shown) {
            if (each.runMillis < untilMillis) {
                firm(each.key, each.stamp);
            }
        }
        shown.clear();
        powerLost = false;
        return firm;
    }

    /** It was found at a start: that has made it durable. */
    void found(HeldEntry entry) {
        firm(entry.key(), entry.stamp());
    }

    private void firm(String key, Stamp stamp) {
        firm.merge(key, stamp, (before, now) -> before.compareTo(now) < 0 ? now : before);
    }
}
