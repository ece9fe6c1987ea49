package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys into a running node, as clients do, many on their way at a time: so many commands are sent, and then all are waited for. One thread.
 *
 * <p>Without {@code --replace} keys that exist are left alone. That is first looked at for all of them ({@link #look}), so that nothing is written
 * when there are some; a key that somebody else makes later is left alone too, and counted as a conflict, unless it has the same value.
 */
final class KeyWriter {
    private static final int BATCH_COMMANDS_MAX = 1_000;
    private static final long BATCH_BYTES_MAX = 1 << 20;

    private static final byte[] SET = ascii("SET");
    private static final byte[] GET = ascii("GET");
    private static final byte[] EXISTS = ascii("EXISTS");
    private static final byte[] PXAT = ascii("PXAT");
    private static final byte[] NX = ascii("NX");

    /** A key on its way, with the value that it gets; without one, when it is only looked at. */
    private static final class Sent {
        final byte[] key;
        final byte @Nullable [] value;

        Sent(byte[] key, byte @Nullable [] value) {
            this.key = key;
            this.value = value;
        }
    }

    private final NodeConnection node;
    private final boolean replace;
    private final List<Sent> batch = new ArrayList<>();
    private final NamedKeys existing = new NamedKeys();
    private final NamedKeys conflicts = new NamedKeys();
    private long batchBytes;
    private long written;

    KeyWriter(NodeConnection node, boolean replace) {
        this.node = node;
        this.replace = replace;
    }

    /** Looks whether the key exists. */
    void look(byte[] key) throws IOException {
        node.send(List.of(EXISTS, key));
        sent(new Sent(key, null), key.length);
    }

    /**
     * Writes the key, soon.
     *
     * @param deadlineMillis since 1970; 0 for none
     * @throws NodeConnection.Refused when the node refuses one that was on its way
     */
    void write(byte[] key, byte[] value, long deadlineMillis) throws IOException {
        List<byte[]> command = new ArrayList<>(List.of(SET, key, value));
        if (deadlineMillis != 0) {
            command.add(PXAT);
            command.add(ascii(Long.toString(deadlineMillis)));
        }
        if (!replace) {
            command.add(NX);
        }
        node.send(command);
        sent(new Sent(key, value), (long) key.length + value.length);
    }

    private void sent(Sent sent, long bytes) throws IOException {
        batch.add(sent);
        batchBytes += bytes;
        if (batch.size() >= BATCH_COMMANDS_MAX || batchBytes >= BATCH_BYTES_MAX) {
            finish();
        }
    }

    /** Waits for all that is on its way. */
    void finish() throws IOException {
        node.flush();
        List<Sent> left = new ArrayList<>();
        for (Sent sent : batch) {
            Reply reply = reply(sent);
            if (sent.value == null) {
                if (reply instanceof Reply.Int found && found.value() == 1) {
                    existing.add(sent.key);
                }
            } else if (reply instanceof Reply.Nil) {
                left.add(sent);
            } else {
                written++;
            }
        }
        batch.clear();
        batchBytes = 0;
        for (Sent sent : left) {
            compare(sent);
        }
    }

    /** A key that exists after all: it may have come twice, as SCAN answers some keys. */
    private void compare(Sent sent) throws IOException {
        node.send(List.of(GET, sent.key));
        node.flush();
        if (!(reply(sent) instanceof Reply.Bulk there && Arrays.equals(there.copy(), sent.value))) {
            conflicts.add(sent.key);
        }
    }

    private Reply reply(Sent sent) throws IOException {
        Reply reply = node.receive();
        if (reply instanceof Reply.ErrorReply error) {
            throw new NodeConnection.Refused("key " + NamedKeys.name(sent.key) + ": " + error.message() + "; " + written
                    + " keys were written before it");
        }
        return reply;
    }

    /** Keys that were looked at and exist. */
    NamedKeys existing() {
        return existing;
    }

    /** Keys that were not written, because somebody made them meanwhile. */
    NamedKeys conflicts() {
        return conflicts;
    }

    /** Keys that were written. */
    long written() {
        return written;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
