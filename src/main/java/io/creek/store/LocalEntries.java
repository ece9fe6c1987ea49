package io.creek.store;

import io.creek.log.LogEntry;
import java.nio.ByteBuffer;

/**
 * What the log's local entries tell: how far the streams of other nodes were received, the horizon, and who the members are.
 *
 * <p>Filled by recovery. Then replication's loop changes horizon and members, and the cursors whoever logs them; any thread reads.
 * Always: what a snapshot has of horizon and members is at least as new as what the log in front of it had.
 */
final class LocalEntries {
    private static final byte[] NONE = {};

    private final PeerCursors cursors = new PeerCursors();
    private volatile long horizon;
    /** The same, or one that is about to be logged: a snapshot that begins in between must have it. */
    private volatile long newestHorizon;

    private volatile byte[] members = NONE;

    /** From the log, in its order; other types are not looked at. */
    void replay(int type, ByteBuffer body) {
        if (type == LogEntry.CURSOR) {
            cursors.replay(body);
        } else if (type == LogEntry.HORIZON) {
            if (body.remaining() != Long.BYTES) {
                throw new IllegalArgumentException(
                        "horizon: expected " + Long.BYTES + " bytes, actual " + body.remaining());
            }
            long clock = body.getLong(body.position());
            announceHorizon(clock);
            raiseHorizon(clock);
        } else if (type == LogEntry.MEMBERS) {
            byte[] list = new byte[body.remaining()];
            body.duplicate().get(list);
            members = list;
        }
    }

    PeerCursors cursors() {
        return cursors;
    }

    /** Every member durably has everything at or below it, a clock value; 0 when that is not known of anything. */
    long horizon() {
        return horizon;
    }

    /** To be called before it is logged. */
    void announceHorizon(long clock) {
        newestHorizon = Math.max(newestHorizon, clock);
    }

    /** To be called once it is logged: it holds from now on. */
    void raiseHorizon(long clock) {
        horizon = Math.max(horizon, clock);
    }

    /** The list, which nobody changes; empty when there was never one. */
    byte[] members() {
        return members;
    }

    /** To be called before it is logged. */
    void members(byte[] list) {
        members = list;
    }

    /** Adds all to a snapshot. */
    void collect(FrameEntries out) {
        cursors.collect(out);
        if (newestHorizon != 0) {
            out.addHorizon(newestHorizon);
        }
        if (members.length > 0) {
            out.addMembers(members);
        }
    }
}
