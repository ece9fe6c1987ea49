package io.creek.planted.protocol;

import io.creek.planted.log.UsesVertx;

public final class KnowsLog {

    public UsesVertx seen;

    public KnowsLog(UsesVertx seen) {
        this.seen = seen;
    }
}
