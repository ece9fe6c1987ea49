package io.creek.replication;

import java.nio.ByteBuffer;

/**
 * What the list says of a node. What two lists say of it is merged to the greater of both, part by part: so the order in which lists meet
 * changes nothing.
 *
 * @param stamp of the FORGET that is under way, or was; 0 for none
 * @param begun a clock value that all versions which the node issues are above; 0 when nothing is known of that
 */
record Member(long node, State state, long stamp, long begun) {
    static final int BYTES = Long.BYTES + 1 + 2 * Long.BYTES;
    private static final State[] STATES = State.values();

    /** In the order that it goes through. */
    enum State {
        JOINED(0),
        /** The operator gave it up: it counts until all that remain have compared with each other. */
        FORGETTING(1),
        /** Its number counts no more, and never again. */
        FORGOTTEN(2);

        final byte code;

        State(int code) {
            this.code = (byte) code;
        }
    }

    Member {
        if (begun < 0 || stamp < 0) {
            throw new IllegalArgumentException(
                    "member: expected stamp and clock of at least 0, actual " + stamp + " and " + begun);
        }
    }

    Member merge(Member other) {
        return new Member(
                node,
                state.compareTo(other.state) >= 0 ? state : other.state,
                Math.max(stamp, other.stamp),
                Math.max(begun, other.begun));
    }

    /** Whether something of it may be here that others lack, or the other way round. */
    boolean counts() {
        return state != State.FORGOTTEN;
    }

    void encode(ByteBuffer out) {
        out.putLong(node).put(state.code).putLong(stamp).putLong(begun);
    }

    /** @throws IllegalArgumentException when the bytes are no member */
    static Member decode(ByteBuffer in) {
        long node = in.getLong();
        int state = in.get();
        if (state < 0 || state >= STATES.length) {
            throw new IllegalArgumentException("member: expected a state, actual " + state);
        }
        return new Member(node, STATES[state], in.getLong(), in.getLong());
    }
}
