package io.creek.server;

import io.creek.config.CreekConfig;
import io.creek.protocol.RequestDecoder;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one session may keep in memory, and how long its client may take. Owned by the session's event loop, but for {@link #isOverrun}.
 *
 * <p>Counted are the array of an incomplete command, what MULTI and WATCH keep, the {@link Backlog}, and what is encoded and unsent.
 */
final class SessionBounds {
    private static final Logger LOG = LoggerFactory.getLogger(SessionBounds.class);

    private final SessionGroup group;
    private final Connection connection;
    private final ClientState client;
    private final RequestDecoder decoder;
    private final Dispatch dispatch;
    private final Backlog pending;
    private final OutputLimit outputLimit = new OutputLimit();
    /** What the group was last told. */
    private long heldBytes;

    SessionBounds(
            SessionGroup group,
            Connection connection,
            ClientState client,
            RequestDecoder decoder,
            Dispatch dispatch,
            Backlog pending) {
        this.group = group;
        this.connection = connection;
        this.client = client;
        this.decoder = decoder;
        this.dispatch = dispatch;
        this.pending = pending;
    }

    private CreekConfig config() {
        return group.node().config();
    }

    /**
     * Tells the group what the session keeps; false when so much of that waits for the client that it is to be closed.
     *
     * @param encodedBytes of replies that were not handed to the connection yet
     */
    boolean account(int encodedBytes) {
        long encoded = connection.unsentBytes() + encodedBytes;
        held(decoder.arrayBytes() + client.transaction().bytes() + dispatch.heldBytes() + pending.bytes() + encoded);
        long unsentBytes = encoded + pending.replyBytes();
        String exceeded = outputLimit.exceeded(unsentBytes, config().limits());
        if (exceeded != null) {
            LOG.warn(
                    "client {} closed: {} bytes of replies unsent, more than {}",
                    connection.address(),
                    unsentBytes,
                    exceeded);
        }
        return exceeded == null;
    }

    /** The connection is gone, and all that was kept with it. */
    void closed() {
        held(0);
    }

    private void held(long bytes) {
        if (bytes != heldBytes) {
            group.held(bytes - heldBytes);
            heldBytes = bytes;
        }
    }

    /** What the session keeps in memory. */
    long heldBytes() {
        return heldBytes;
    }

    /** Whether the client is not to be read now because of what all of them make the node keep. */
    boolean isHeldBack() {
        return heldBytes > group.shareBytes();
    }

    /**
     * Whether so many replies wait that no other long one is to be made. Those that are not encoded may take half of what there is for all
     * buffers, since the regions of the heap hold large arrays badly; who has one waiting leaves half of that to the others. Any thread.
     */
    boolean isOverrun() {
        CreekConfig.Limits allowed = config().limits();
        long own = pending.replyBytes();
        long all = group.node().replyBytes().get();
        long allMax = allowed.clientsBytesMax() / 2;
        return own > allowed.outputBytesMax()
                || all > allMax
                || (own > 0 && all > allMax / 2)
                || group.node().clients().heldBytes() > allowed.clientsBytesMax();
    }

    /** Why a client is closed that has not authenticated in time; none when it may go on. */
    Optional<String> strangerTooLong(long nowNanos) {
        int seconds = config().security().authSeconds();
        return client.strangerNanos(nowNanos) > TimeUnit.SECONDS.toNanos(seconds)
                ? Optional.of("NOAUTH not authenticated within 'auth_timeout' (" + seconds + " seconds)")
                : Optional.empty();
    }

    /** Whether a client for which nothing is under way has been silent for too long. */
    boolean isIdleTooLong(long nowNanos) {
        int seconds = config().limits().idleSeconds();
        boolean idles = seconds > 0 && pending.isEmpty() && !dispatch.isHeld() && !client.isMonitor();
        boolean tooLong = idles && client.idleNanos(nowNanos) > TimeUnit.SECONDS.toNanos(seconds);
        if (tooLong) {
            LOG.debug("client {} closed: idle for more than 'timeout' ({} seconds)", connection.address(), seconds);
        }
        return tooLong;
    }

    /** Tells that the session is closed because of what all of them keep. */
    void logLargest() {
        LOG.warn(
                "client {} closed: its buffers, {} bytes, are the largest, and all together exceed"
                        + " 'clients_buffer_bytes_max' ({})",
                connection.address(),
                heldBytes,
                config().limits().clientsBytesMax());
    }
}
