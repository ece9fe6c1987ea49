package io.creek.replication;

import java.util.HashMap;
import java.util.Map;

/**
 * How far this machine's wall clock is ahead of those of all peers that can be reached. A peer that is ahead says nothing, another that agrees
 * with ours is enough. Owned by replication's thread.
 *
 * <p>Peers tell their clocks now and then. What they told is carried on with a monotonic clock, so that a jump of ours shows at once. A message
 * that took its time makes a peer's clock look late, never early: of the last few the latest counts. What comes within {@value #SAMPLE_MILLIS} ms is one
 * of them, since all that was sent while a network was cut comes at once when it is mended.
 */
final class ClockDrift {
    private static final int SAMPLES = 8;
    private static final int SAMPLE_MILLIS = 500;

    private static final class PeerClock {
        /** The peer's wall clock less our monotonic one, milliseconds. */
        final long[] offsets = new long[SAMPLES];

        int told;
        int at;
        long begunMillis;
        boolean reachable;

        void told(long offset, long monotonicMillis) {
            if (told > 0 && monotonicMillis - begunMillis < SAMPLE_MILLIS) {
                offsets[at] = Math.max(offsets[at], offset);
            } else {
                at = (at + 1) % SAMPLES;
                offsets[at] = offset;
                told = Math.min(told + 1, SAMPLES);
                begunMillis = monotonicMillis;
            }
            reachable = true;
        }

        long offset() {
            long latest = Long.MIN_VALUE;
            for (int i = 0; i < told; i++) {
                latest = Math.max(latest, offsets[(at - i + SAMPLES) % SAMPLES]);
            }
            return latest;
        }
    }

    private final Map<Long, PeerClock> peers = new HashMap<>();
    private long aheadMillis;

    /** A peer, which so can be reached, has just told its wall clock. */
    void told(long peer, long peerWallMillis, long monotonicMillis) {
        PeerClock clock = peers.computeIfAbsent(peer, added -> new PeerClock());
        clock.told(peerWallMillis - monotonicMillis, monotonicMillis);
    }

    void unreachable(long peer) {
        PeerClock clock = peers.get(peer);
        if (clock != null) {
            clock.reachable = false;
        }
    }

    /** It is no member any more. */
    void remove(long peer) {
        peers.remove(peer);
    }

    /** How far a peer's wall clock is ahead of ours, at least; 0 when it is not, or has told nothing. */
    long peerAheadMillis(long peer, long wallMillis, long monotonicMillis) {
        PeerClock clock = peers.get(peer);
        return clock == null ? 0 : Math.max(0, clock.offset() + monotonicMillis - wallMillis);
    }

    /**
     * How far our wall clock is ahead of the latest of theirs, not below 0. With nobody to ask any more it is what it was, or less when our clock was
     * set back since.
     */
    long aheadMillis(long wallMillis, long monotonicMillis) {
        long latest = Long.MIN_VALUE;
        long latestReachable = Long.MIN_VALUE;
        for (PeerClock clock : peers.values()) {
            latest = Math.max(latest, clock.offset());
            latestReachable = Math.max(latestReachable, clock.reachable ? clock.offset() : Long.MIN_VALUE);
        }
        if (latestReachable != Long.MIN_VALUE) {
            aheadMillis = Math.max(0, wallMillis - (latestReachable + monotonicMillis));
        } else if (latest != Long.MIN_VALUE) {
            aheadMillis = Math.min(aheadMillis, Math.max(0, wallMillis - (latest + monotonicMillis)));
        } else {
            aheadMillis = 0;
        }
        return aheadMillis;
    }
}
