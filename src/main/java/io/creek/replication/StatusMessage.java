package io.creek.replication;

import io.creek.replication.Replica.Closed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node tells every other one about itself, each second and when something has changed. The last one counts, so none needs an answer.
 *
 * <pre>
 * version 1 byte (1) | type 1 (8) | flags 1 | sender 8 | its epoch 8 | number 8 | wall millis 8 | clock 8 | bound 8
 *   | horizon 8 | frontier 8 | hash of the list that it is under 8 | closed version 8 | its sequence 8 | shippable 8
 *   | FORGETs 1 | of each: node 8, stamp 8, count 2, numbers of the nodes compared with 8 each
 *   | address length 1, address in UTF-8 | member list
 * </pre>
 *
 * @param epoch the sender's start counter
 * @param number grows with each message of an epoch
 * @param fresh whether it is in no list but its own and has never served a client: it has nothing, or nothing of its own
 * @param filling whether it may lack most of what others hold
 * @param ready whether it serves clients
 * @param clock all that it has issued or merged is at or below
 * @param bound no horizon that was computed with its help is above
 * @param frontier under the list with the hash {@code frontierList}; 0 for none
 * @param closed see {@link Replica#close}; a clock of 0 for none
 * @param shippable of its log
 * @param client where its clients connect
 */
record StatusMessage(
        long sender,
        long epoch,
        long number,
        boolean fresh,
        boolean filling,
        boolean ready,
        boolean readOnly,
        long wallMillis,
        long clock,
        long bound,
        long horizon,
        long frontier,
        long frontierList,
        Closed closed,
        long shippable,
        List<Compared> compared,
        String client,
        MemberList list) {
    static final byte TYPE = 8;
    private static final byte VERSION = ReplicationCodec.VERSION;
    private static final int FRESH = 1;
    private static final int FILLING = 2;
    private static final int READY = 4;
    private static final int READ_ONLY = 8;
    private static final int FLAGS = FRESH | FILLING | READY | READ_ONLY;
    private static final int HEADER_BYTES = 3 + 12 * Long.BYTES + 1;
    private static final int COMPARED_BYTES = 2 * Long.BYTES + Short.BYTES;
    private static final int FORGETS_MAX = 127;
    private static final int CLIENT_BYTES_MAX = 255;

    /**
     * How far a FORGET has come at the sender.
     *
     * @param stamp of the FORGET
     * @param with the members that the sender has compared with since
     */
    record Compared(long node, long stamp, List<Long> with) {}

    /** Whether the bytes say that they are one. */
    static boolean isOne(ByteBuffer message) {
        return message.remaining() > 1 && message.get(message.position() + 1) == TYPE;
    }

    boolean hasCompared(long node, long stamp, long with) {
        return compared.stream()
                .anyMatch(row ->
                        row.node == node && row.stamp == stamp && row.with().contains(with));
    }

    ByteBuffer encode() {
        byte[] address = client.getBytes(StandardCharsets.UTF_8);
        int addressBytes = Math.min(address.length, CLIENT_BYTES_MAX);
        List<Compared> rows = compared.subList(0, Math.min(compared.size(), FORGETS_MAX));
        int rowBytes = rows.stream()
                .mapToInt(row -> COMPARED_BYTES + row.with().size() * Long.BYTES)
                .sum();
        ByteBuffer members = list.encode();
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + rowBytes + 1 + addressBytes + members.remaining())
                .put(VERSION)
                .put(TYPE)
                .put((byte) ((fresh ? FRESH : 0)
                        | (filling ? FILLING : 0)
                        | (ready ? READY : 0)
                        | (readOnly ? READ_ONLY : 0)))
                .putLong(sender)
                .putLong(epoch)
                .putLong(number)
                .putLong(wallMillis)
                .putLong(clock)
                .putLong(bound)
                .putLong(horizon)
                .putLong(frontier)
                .putLong(frontierList)
                .putLong(closed.clock())
                .putLong(closed.sequence())
                .putLong(shippable)
                .put((byte) rows.size());
        for (Compared row : rows) {
            out.putLong(row.node).putLong(row.stamp).putShort((short) row.with().size());
            row.with().forEach(out::putLong);
        }
        return out.put((byte) addressBytes)
                .put(address, 0, addressBytes)
                .put(members)
                .flip();
    }

    /** The message, which keeps nothing of the buffer; null for any bytes that are none of this version. */
    static @Nullable StatusMessage decode(ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES || in.get() != VERSION || in.get() != TYPE) {
            return null;
        }
        int flags = in.get();
        long sender = in.getLong();
        long[] numbers = new long[11];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.getLong();
            // A list's hash may be any number.
            if (numbers[i] < 0 && i != 7) {
                return null;
            }
        }
        List<Compared> rows = rows(in);
        String client = rows == null ? null : client(in);
        if (client == null || rows == null || (flags & ~FLAGS) != 0 || numbers[0] == 0) {
            return null;
        }
        try {
            MemberList list = MemberList.decode(in);
            return in.hasRemaining()
                    ? null
                    : new StatusMessage(
                            sender,
                            numbers[0],
                            numbers[1],
                            (flags & FRESH) != 0,
                            (flags & FILLING) != 0,
                            (flags & READY) != 0,
                            (flags & READ_ONLY) != 0,
                            numbers[2],
                            numbers[3],
                            numbers[4],
                            numbers[5],
                            numbers[6],
                            numbers[7],
                            new Closed(numbers[8], numbers[9]),
                            numbers[10],
                            rows,
                            client,
                            list);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable List<Compared> rows(ByteBuffer in) {
        int count = in.get();
        List<Compared> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (in.remaining() < COMPARED_BYTES) {
                return null;
            }
            long node = in.getLong();
            long stamp = in.getLong();
            int nodes = in.getShort();
            if (nodes < 0 || in.remaining() < nodes * Long.BYTES) {
                return null;
            }
            List<Long> with = new ArrayList<>();
            for (int n = 0; n < nodes; n++) {
                with.add(in.getLong());
            }
            rows.add(new Compared(node, stamp, List.copyOf(with)));
        }
        return count < 0 ? null : List.copyOf(rows);
    }

    private static @Nullable String client(ByteBuffer in) {
        int bytes = in.hasRemaining() ? in.get() & 0xff : Integer.MAX_VALUE;
        if (in.remaining() < bytes) {
            return null;
        }
        byte[] text = new byte[bytes];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
