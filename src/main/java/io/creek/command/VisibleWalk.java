package io.creek.command;

import io.creek.protocol.Reply;
import java.util.Optional;

/** A walk of someone who may not see all keys: the others are to it as if they did not exist, and count as visited all the same. */
public final class VisibleWalk implements Walk {
    /** Which keys may be seen. */
    @FunctionalInterface
    public interface Keys {
        boolean isVisible(byte[] array, int offset, int length);
    }

    private final Walk walk;
    private final Keys keys;
    private final Hidden hidden = new Hidden();

    public VisibleWalk(Walk walk, Keys keys) {
        this.walk = walk;
        this.keys = keys;
    }

    @Override
    public Optional<Reply> refusal() {
        return walk.refusal();
    }

    @Override
    public long first() {
        return walk.first();
    }

    @Override
    public void horizon(long clock) {
        walk.horizon(clock);
    }

    @Override
    public boolean visit(EntryView entry) {
        boolean visible = keys.isVisible(entry.keyArray(), entry.keyOffset(), entry.keyLength());
        return walk.visit(visible ? entry : hidden);
    }

    @Override
    public long afterLast() {
        return walk.afterLast();
    }

    @Override
    public Reply reply(long next) {
        return walk.reply(next);
    }

    /** Nothing of an entry but that there is one. */
    private static final class Hidden implements EntryView {
        private static final byte[] NOTHING = new byte[0];

        @Override
        public byte[] keyArray() {
            return NOTHING;
        }

        @Override
        public int keyOffset() {
            return 0;
        }

        @Override
        public int keyLength() {
            return 0;
        }

        @Override
        public boolean exists() {
            return false;
        }

        @Override
        public boolean isTombstone() {
            return true;
        }

        @Override
        public byte[] value() {
            return NOTHING;
        }

        @Override
        public long deadlineMillis() {
            return 0;
        }

        @Override
        public String valueVersion() {
            return "";
        }

        @Override
        public String expiryVersion() {
            return "";
        }
    }
}
