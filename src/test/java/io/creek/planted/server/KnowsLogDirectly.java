package io.creek.planted.server;

import io.creek.planted.log.UsesVertx;

public final class KnowsLogDirectly {

    public UsesVertx seen;

    public KnowsLogDirectly(UsesVertx seen) {
        this.seen = seen;
    }
}
