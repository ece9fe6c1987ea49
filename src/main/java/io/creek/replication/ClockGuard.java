package io.creek.replication;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps clients from writing while this node's clock is too far ahead (rule 9): peers would take nothing of it, and what they write would lose
 * against it. And tells the operator of peers whose clocks are too far ahead of ours.
 *
 * <p>Owned by replication's thread; {@link #refusal} may be asked by any.
 */
final class ClockGuard {
    private static final Logger LOG = LoggerFactory.getLogger(ClockGuard.class);
    private static final long MILLIS_PER_SECOND = 1_000;
    private static final long TOLD_AGAIN_MILLIS = 60_000;
    /** A stream can wait while a comparison with the same peer brings what is older. */
    private static final long OVER_MILLIS = 10_000;

    private final ClockDrift drift = new ClockDrift();
    private final LongSupplier wallMillis;
    private final LongSupplier monotonicMillis;
    private final LongSupplier newestMillis;
    private final IntSupplier driftMillisMax;
    private final Map<Long, PeerAhead> ahead = new HashMap<>();

    /** When the operator was told of a peer that is ahead, and when it was so last. */
    private record PeerAhead(long toldAtMillis, long seenAtMillis) {}

    private volatile Optional<String> refusal = Optional.empty();

    /**
     * @param newestMillis of the newest version that was issued or merged here
     * @param driftMillisMax how far a clock may be ahead; may change
     */
    ClockGuard(
            LongSupplier wallMillis,
            LongSupplier monotonicMillis,
            LongSupplier newestMillis,
            IntSupplier driftMillisMax) {
        this.wallMillis = wallMillis;
        this.monotonicMillis = monotonicMillis;
        this.newestMillis = newestMillis;
        this.driftMillisMax = driftMillisMax;
    }

    /** A peer has just told its wall clock. */
    void told(long peer, long peerWallMillis) {
        drift.told(peer, peerWallMillis, monotonicMillis.getAsLong());
    }

    void unreachable(long peer) {
        drift.unreachable(peer);
    }

    /** It is no member any more. */
    void remove(long peer) {
        drift.remove(peer);
        ahead.remove(peer);
    }

    /** Looks at all clocks. */
    void check() {
        long now = wallMillis.getAsLong();
        long millisMax = driftMillisMax.getAsInt();
        long aheadOfPeers = drift.aheadMillis(now, monotonicMillis.getAsLong());
        long aheadOfOwn = newestMillis.getAsLong() - now;
        if (aheadOfPeers > millisMax) {
            refuse(
                    aheadOfPeers,
                    "the clocks of all peers that can be reached",
                    "this machine's clock is right",
                    millisMax);
        } else if (aheadOfOwn > millisMax) {
            refuse(aheadOfOwn, "this machine's clock, which was set back", "that has caught up", millisMax);
        } else if (refusal.isPresent()) {
            refusal = Optional.empty();
            LOG.info("clients may write again: this node's clock is not ahead by more than {} ms any more", millisMax);
        }
    }

    private void refuse(long aheadMillis, String of, String until, long millisMax) {
        long seconds = (aheadMillis + MILLIS_PER_SECOND / 2) / MILLIS_PER_SECOND;
        String text = "clock ahead by %d s of %s: writes are refused until %s (max_clock_drift = %d ms)"
                .formatted(seconds, of, until, millisMax);
        if (refusal.isEmpty()) {
            LOG.error("{}", text);
        }
        refusal = Optional.of("ERR " + text);
    }

    /** The error for clients that want to write; empty while they may. */
    Optional<String> refusal() {
        return refusal;
    }

    /** How far a peer's wall clock is ahead of ours, at least; 0 when it is not, or has told nothing. */
    long peerAheadMillis(long peer) {
        return drift.peerAheadMillis(peer, wallMillis.getAsLong(), monotonicMillis.getAsLong());
    }

    /** What the peer has sent is so far ahead of our clock that it is not merged yet; 0 when nothing of it waits for that. */
    void peerAhead(long peer, long aheadMillis) {
        long nowMillis = monotonicMillis.getAsLong();
        PeerAhead before = ahead.get(peer);
        if (aheadMillis > 0) {
            if (before != null && nowMillis - before.toldAtMillis < TOLD_AGAIN_MILLIS) {
                ahead.put(peer, new PeerAhead(before.toldAtMillis, nowMillis));
                return;
            }
            ahead.put(peer, new PeerAhead(nowMillis, nowMillis));
            LOG.warn(
                    "what node {} has sent waits: it is {} ms ahead of this machine's clock, max_clock_drift is {} ms",
                    NodeNumber.text(peer),
                    aheadMillis,
                    driftMillisMax.getAsInt());
        } else if (before != null && nowMillis - before.seenAtMillis >= OVER_MILLIS) {
            ahead.remove(peer);
            LOG.info("what node {} has sent is taken again", NodeNumber.text(peer));
        }
    }
}
