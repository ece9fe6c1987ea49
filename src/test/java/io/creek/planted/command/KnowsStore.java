package io.creek.planted.command;

import io.creek.planted.store.SystemClock;

public final class KnowsStore {

    public SystemClock seen;

    public KnowsStore(SystemClock seen) {
        this.seen = seen;
    }
}
