package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's talk with a node, in RESP3 where the node knows it: it connects when there is something to say, and again at the next command
 * after the node has gone away. What the connection was in the middle of, a MULTI or a WATCH, is gone then.
 *
 * <p>One thread, but {@link #interrupt} any.
 */
final class NodeSession implements Closeable {
    /** For so long after a reply the connection is taken to be as it was: to look takes a millisecond. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ConnectionOptions options;
    private final Map<String, String> environment;
    private final Consumer<String> notices;
    private volatile @Nullable NodeConnection node;
    private long repliedNanos;
    private boolean wasConnected;
    private boolean isResp3;
    private volatile boolean inTransaction;

    /** @param notices told when there is another connection than before */
    NodeSession(ConnectionOptions options, Map<String, String> environment, Consumer<String> notices) {
        this.options = options;
        this.environment = environment;
        this.notices = notices;
    }

    boolean isConnected() {
        return node != null;
    }

    /** Whether commands are queued. */
    boolean inTransaction() {
        return inTransaction;
    }

    /** As {@link #ask(List)}. */
    Reply ask(String... words) throws IOException {
        List<byte[]> bytes = new ArrayList<>();
        for (String word : words) {
            bytes.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return ask(bytes);
    }

    /**
     * Sends a command and waits for its reply, which may be an error.
     *
     * @throws IOException when there is no node, or none any more: nobody knows then whether it has run the command
     */
    Reply ask(List<byte[]> words) throws IOException {
        NodeConnection open = connected();
        try {
            Reply reply = open.exchange(words);
            repliedNanos = System.nanoTime();
            follow(words, reply, open);
            return reply;
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Waits for what the node sends by itself, after MONITOR. */
    Reply receive() throws IOException {
        NodeConnection open = node;
        if (open == null) {
            throw new IOException("the connection was closed");
        }
        try {
            return open.receive();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** The connection, or a new one where the node has closed it while nothing was said. */
    NodeConnection connected() throws IOException {
        NodeConnection open = node;
        if (open != null && (System.nanoTime() - repliedNanos < IDLE_NANOS || !open.isGone())) {
            return open;
        }
        close();
        NodeConnection made = options.connect(environment, 0);
        try {
            hello(made);
        } catch (IOException e) {
            made.close();
            throw e;
        }
        node = made;
        repliedNanos = System.nanoTime();
        if (wasConnected) {
            notices.accept("connected again to " + options.address());
        }
        wasConnected = true;
        return made;
    }

    /** Refused without a password; what follows is RESP2 then. */
    private void hello(NodeConnection made) throws IOException {
        isResp3 = !(made.exchange("HELLO", "3") instanceof Reply.ErrorReply);
    }

    private void follow(List<byte[]> words, Reply reply, NodeConnection open) throws IOException {
        if (reply instanceof Reply.ErrorReply) {
            return;
        }
        if (isVerb(words, "MULTI")) {
            inTransaction = true;
        } else if (isVerb(words, "EXEC") || isVerb(words, "DISCARD") || isVerb(words, "RESET")) {
            inTransaction = false;
        } else if (isVerb(words, "AUTH") && !isResp3) {
            hello(open);
        }
    }

    static boolean isVerb(List<byte[]> words, String verb) {
        return new String(words.get(0), StandardCharsets.ISO_8859_1).equalsIgnoreCase(verb);
    }

    /** Makes who waits for a reply wait no longer: it ends the connection, there is no other way. */
    void interrupt() {
        try {
            close();
        } catch (IOException e) {
            notices.accept("cannot be interrupted: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        NodeConnection open = node;
        node = null;
        inTransaction = false;
        if (open != null) {
            open.close();
        }
    }
}
