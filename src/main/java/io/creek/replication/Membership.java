package io.creek.replication;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a node keeps over restarts of whom it belongs to. Immutable.
 *
 * <p>Bytes: version 1 (1) | flags 1 (1: filled) | count 2 | numbers of {@code tailsAt} 8 each | list.
 *
 * @param filled whether it has ever served clients: then it may have made versions
 * @param tailsAt the members that had more of this node's log than it had itself after a start, and were not compared with since
 */
record Membership(boolean filled, Set<Long> tailsAt, MemberList list) {
    private static final byte VERSION = 1;
    private static final int FILLED = 1;
    private static final int HEADER_BYTES = 2 + Short.BYTES;

    Membership {
        tailsAt = Set.copyOf(tailsAt);
    }

    Membership with(MemberList other) {
        return new Membership(filled, tailsAt, other);
    }

    Membership fill(MemberList other) {
        return new Membership(true, tailsAt, other);
    }

    Membership tailAt(long node) {
        TreeSet<Long> more = new TreeSet<>(tailsAt);
        more.add(node);
        return new Membership(filled, more, list);
    }

    Membership tailBackFrom(long node) {
        TreeSet<Long> less = new TreeSet<>(tailsAt);
        less.remove(node);
        return new Membership(filled, less, list);
    }

    /** Whether it has nothing of its own and belongs to nobody yet. */
    boolean isFresh() {
        return !filled && list.all().size() == 1;
    }

    ByteBuffer encode() {
        ByteBuffer members = list.encode();
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + tailsAt.size() * Long.BYTES + members.remaining())
                .put(VERSION)
                .put((byte) (filled ? FILLED : 0))
                .putShort((short) tailsAt.size());
        new TreeSet<>(tailsAt).forEach(out::putLong);
        return out.put(members).flip();
    }

    /** @throws IllegalArgumentException when the bytes are none of this version */
    static Membership decode(ByteBuffer bytes) {
        ByteBuffer in = bytes.duplicate();
        int version = in.remaining() < HEADER_BYTES ? -1 : in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("membership: expected version " + VERSION + ", actual " + version);
        }
        boolean filled = (in.get() & FILLED) != 0;
        int count = in.getShort();
        if (count < 0 || in.remaining() < count * Long.BYTES) {
            throw new IllegalArgumentException("membership: expected whole numbers, actual " + in.remaining()
                    + " bytes for " + count + " of them");
        }
        TreeSet<Long> tailsAt = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            tailsAt.add(in.getLong());
        }
        return new Membership(filled, tailsAt, MemberList.decode(in));
    }
}
