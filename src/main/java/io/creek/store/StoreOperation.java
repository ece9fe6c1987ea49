package io.creek.store;

import io.creek.command.CommandSpec;
import io.creek.command.KeyCommand;
import io.creek.protocol.Reply;
import io.creek.protocol.ReplyFormat;
import io.creek.protocol.ReplySize;
import io.creek.protocol.Request;
import org.jspecify.annotations.Nullable;

/** One command on its way from a session through the store and back, with its reply once that may be shown. */
public sealed class StoreOperation extends ShardTask permits TransactionOperation, WatchOperation {

    /** Who sent operations and gets them back: in their order for those over the same keys. Identity tells clients apart. */
    public interface Owner {
        /** The reply is set and may leave. Called on the loop that submitted the operation. */
        void completed(StoreOperation operation);

        /** Whether so many replies wait to be taken that no command is run which makes another long one. Any thread. */
        default boolean isOverrun() {
            return false;
        }

        /** A reply was made, or replaced, that takes so many bytes more. Any thread. */
        default void replyGrew(long bytes) {}
    }

    private static final long NOT_RUN = -1;
    private static final long NOT_PLACED = -1;

    /** In place of one whose array is not to be kept. */
    private static final Request NONE = Request.of("");

    private Owner owner;
    private CommandSpec spec;
    private Request request;
    private ReplyFormat format;
    private @Nullable Reply reply;
    private long replyBytes;
    /** Set on the session's loop only: whoever evaluates may be ahead of the gate. */
    private boolean shown;

    /** The sequence of the frame that its writes are in; 0 when it has written nothing. */
    private long logged;

    /** Of the first key. */
    private long place = NOT_PLACED;

    /** What it took to run; -1 when it did not run. */
    private long nanos = NOT_RUN;

    /** Whether it is one of {@link Operations}, and nobody but its owner will know it once it was answered. */
    private boolean lent;

    /** @param format that the client wanted when it sent the command */
    public StoreOperation(Owner owner, CommandSpec spec, Request request, ReplyFormat format) {
        this.owner = owner;
        this.spec = spec;
        this.request = request;
        this.format = format;
    }

    /** Is another command from now on. */
    void begin(Owner newOwner, CommandSpec newSpec, Request newRequest, ReplyFormat newFormat) {
        owner = newOwner;
        spec = newSpec;
        request = newRequest;
        format = newFormat;
        lent = true;
    }

    /** Is nobody's command from now on, and may {@link #begin} again; false when it must not. */
    boolean end(Owner nobody) {
        boolean ends = lent;
        if (ends) {
            lent = false;
            owner = nobody;
            request = NONE;
            reply = null;
            replyBytes = 0;
            shown = false;
            logged = 0;
            place = NOT_PLACED;
            nanos = NOT_RUN;
            gatedBy(0);
        }
        return ends;
    }

    /** Others than its owner know it beyond its reply. */
    void outlivesReply() {
        lent = false;
    }

    public Owner owner() {
        return owner;
    }

    public CommandSpec spec() {
        return spec;
    }

    public Request request() {
        return request;
    }

    public ReplyFormat format() {
        return format;
    }

    /** How many keys the operation is over, repetitions included. */
    int keyCount() {
        return spec.keyCount(request);
    }

    /** The request that names the i-th key. */
    Request keyRequest(int key) {
        return request;
    }

    /** Where in its request the i-th key stands. */
    int keyPosition(int key) {
        return spec.keyPosition(key);
    }

    boolean writes() {
        return spec.writes();
    }

    /** Whether values are looked at, and not only which keys there are until when. */
    boolean readsValues() {
        return !spec.flags().contains(CommandSpec.Flag.KEYS_ONLY);
    }

    /** Whether it is over all keys that there are, beside those that it names. */
    @Override
    boolean isOverEveryKey() {
        return spec.flags().contains(CommandSpec.Flag.EVERY_KEY);
    }

    /** Runs on the keys; the writes stay in the working set, and an error's count for nothing. */
    Reply evaluate(WorkingSet keys) {
        return apply(spec, request, keys);
    }

    /** What the client gets when the writes may not be logged. */
    Reply refused(Reply.ErrorReply refusal) {
        return refusal;
    }

    static Reply apply(CommandSpec spec, Request request, WorkingSet keys) {
        if (spec.command() instanceof KeyCommand command) {
            return command.apply(request, keys);
        }
        throw new IllegalStateException(spec.name() + " is not a command over keys");
    }

    /** The reply, once it may be shown; null until then. */
    public @Nullable Reply reply() {
        return shown ? reply : null;
    }

    /** Sets the reply of a command that does not go through the store, or that was put together from what came back. */
    public void answer(Reply value) {
        set(value);
        shown = true;
    }

    private void set(Reply value) {
        long bytes = ReplySize.bytes(value);
        if (bytes != replyBytes) {
            owner.replyGrew(bytes - replyBytes);
            replyBytes = bytes;
        }
        reply = value;
    }

    /** What the owner was told that the reply takes. */
    public long replyBytes() {
        return replyBytes;
    }

    /** Nobody waits for the reply any more, or it was encoded. */
    public void forgetReply() {
        owner.replyGrew(-replyBytes);
        replyBytes = 0;
    }

    /** Bytes of all that the client sent for it. */
    public long requestBytes() {
        return request.bytes();
    }

    /** Adds to the time that it ran, on one loop or another. */
    public void ran(long moreNanos) {
        nanos = Math.max(0, nanos) + moreNanos;
    }

    /** The time that it ran; -1 when it was refused before. */
    public long nanos() {
        return nanos;
    }

    /** Sets the reply that may be shown when the log's gate lets the operation go. */
    void evaluated(Reply value) {
        set(value);
    }

    void loggedAt(long sequence) {
        logged = sequence;
    }

    /** The sequence of the log's frame that its writes are in; 0 when it has written nothing. */
    public long loggedAt() {
        return logged;
    }

    @Override
    Owner client() {
        return owner;
    }

    @Override
    boolean mustWait(Shard shard) {
        if (isOverEveryKey()) {
            return !shard.locks().isFree();
        }
        for (int key = 0; key < keyCount(); key++) {
            Request named = keyRequest(key);
            int position = keyPosition(key);
            if (shard.isLocked(named.array(), named.offset(position), named.length(position))) {
                return true;
            }
        }
        return false;
    }

    /** Where the first key belongs; there is one. */
    final long place(Placement placement) {
        if (place == NOT_PLACED) {
            Request named = keyRequest(0);
            int position = keyPosition(0);
            place = placement.of(named.array(), named.offset(position), named.length(position));
        }
        return place;
    }

    @Override
    final void locate(Placement placement) {
        if (keyCount() > 0) {
            place(placement);
        }
    }

    @Override
    final long loadIndex(Keyspace keyspace) {
        return place == NOT_PLACED ? 0 : keyspace.loadIndex(place);
    }

    @Override
    final long loadRecord(Keyspace keyspace) {
        return place == NOT_PLACED ? 0 : keyspace.loadRecord(place);
    }

    @Override
    void run(Shard shard) {
        shard.execute(this);
        ran(shard.lap());
    }

    @Override
    void deliver() {
        shown = true;
        owner.completed(this);
    }
}
