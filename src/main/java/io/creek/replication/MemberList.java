package io.creek.replication;

import io.creek.replication.Member.State;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nodes whose data is one. Immutable; merging lists is commutative, associative and idempotent, and forgets nothing.
 *
 * <p>A list is <i>established</i> before any node tells a frontier under it (see {@link Horizon}): while it is not, no member can have dropped a
 * tombstone, and any two lists may become one.
 *
 * <p>Bytes, the same for equal lists: version 1 (1) | flags 1 (1: established) | count 2 | members by number, {@value Member#BYTES} each.
 */
final class MemberList {
    /** No node takes another one beyond it; forgotten ones stay, and count. */
    static final int MEMBERS_MAX = 1_000;
    /** What lists that meet may have together. */
    private static final int DECODED_MAX = 4 * MEMBERS_MAX;

    private static final byte VERSION = 1;
    private static final int ESTABLISHED = 1;
    private static final int HEADER_BYTES = 2 + Short.BYTES;

    private final boolean established;
    private final SortedMap<Long, Member> members;
    private final List<Long> counted;
    private final List<Long> remaining;
    private final List<Member> forgetting;
    private final long hash;

    private MemberList(boolean established, SortedMap<Long, Member> members) {
        this.established = established;
        this.members = members;
        this.counted = numbers(Member::counts);
        this.remaining = numbers(member -> member.state() == State.JOINED);
        this.forgetting = members.values().stream()
                .filter(member -> member.state() == State.FORGETTING)
                .toList();
        this.hash = hash(encode());
    }

    private List<Long> numbers(Predicate<Member> of) {
        return members.values().stream().filter(of).map(Member::node).toList();
    }

    /** Of a node that knows nobody. */
    static MemberList of(long node, long begun) {
        return new MemberList(false, new TreeMap<>()).with(new Member(node, State.JOINED, 0, begun));
    }

    MemberList merge(MemberList other) {
        TreeMap<Long, Member> merged = new TreeMap<>(members);
        other.members.forEach((node, member) -> merged.merge(node, member, Member::merge));
        return new MemberList(established || other.established, merged);
    }

    private MemberList with(Member member) {
        TreeMap<Long, Member> merged = new TreeMap<>(members);
        merged.merge(member.node(), member, Member::merge);
        return new MemberList(established, merged);
    }

    /** The node's versions will all be above the clock value. */
    MemberList begin(long node, long begun) {
        return with(new Member(node, State.JOINED, 0, begun));
    }

    MemberList forgetting(long node, long stamp) {
        return with(new Member(node, State.FORGETTING, stamp, 0));
    }

    MemberList forgotten(long node) {
        return with(new Member(node, State.FORGOTTEN, 0, 0));
    }

    MemberList establish() {
        return new MemberList(true, members);
    }

    boolean isEstablished() {
        return established;
    }

    @Nullable
    Member member(long node) {
        return members.get(node);
    }

    /** Whether the node's data counts. */
    boolean includes(long node) {
        Member member = members.get(node);
        return member != null && member.counts();
    }

    /** Whether somebody's data counts for both. */
    boolean sharesMemberWith(MemberList other) {
        return counted.stream().anyMatch(other::includes);
    }

    /** Whether the node is to be forgotten, or was. */
    boolean givesUp(long node) {
        Member member = members.get(node);
        return member != null && member.state() != State.JOINED;
    }

    /** All that was ever listed. */
    Collection<Member> all() {
        return members.values();
    }

    /** Numbers of the members whose data counts. */
    List<Long> counted() {
        return counted;
    }

    /** Numbers of those that are not being forgotten either. */
    List<Long> remaining() {
        return remaining;
    }

    List<Member> forgetting() {
        return forgetting;
    }

    /** Whether a list that is merged in can have no more. */
    boolean isFull() {
        return members.size() >= MEMBERS_MAX;
    }

    /** Different for different lists, but by a chance of 2^-64. */
    long hash() {
        return hash;
    }

    ByteBuffer encode() {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + members.size() * Member.BYTES)
                .put(VERSION)
                .put((byte) (established ? ESTABLISHED : 0))
                .putShort((short) members.size());
        members.values().forEach(member -> member.encode(out));
        return out.flip();
    }

    /**
     * Reads a list and nothing behind it.
     *
     * @throws IllegalArgumentException when there is none
     */
    static MemberList decode(ByteBuffer in) {
        int version = in.remaining() < HEADER_BYTES ? -1 : in.get();
        if (version != VERSION) {
            throw new IllegalArgumentException("member list: expected version " + VERSION + ", actual " + version);
        }
        int flags = in.get();
        int count = in.getShort();
        if ((flags & ~ESTABLISHED) != 0 || count < 0 || count > DECODED_MAX || in.remaining() < count * Member.BYTES) {
            throw new IllegalArgumentException("member list: expected whole members, at most " + DECODED_MAX
                    + ", actual " + count + " in " + in.remaining() + " bytes");
        }
        TreeMap<Long, Member> members = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            Member member = Member.decode(in);
            members.put(member.node(), member);
        }
        return new MemberList(flags != 0, members);
    }

    /** FNV-1a, with its bits mixed in the end. */
    private static long hash(ByteBuffer bytes) {
        long hash = 0xcbf29ce484222325L;
        while (bytes.hasRemaining()) {
            hash = (hash ^ (bytes.get() & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
        return hash ^ (hash >>> 32);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof MemberList list
                        && hash == list.hash
                        && established == list.established
                        && members.equals(list.members));
    }

    @Override
    public int hashCode() {
        return (int) hash;
    }

    @Override
    public String toString() {
        return (established ? "established " : "") + members.values();
    }
}
