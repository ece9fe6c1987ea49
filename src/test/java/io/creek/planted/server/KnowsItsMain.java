package io.creek.planted.server;

import io.creek.planted.Main;

public final class KnowsItsMain {

    public Main seen;

    public KnowsItsMain(Main seen) {
        this.seen = seen;
    }
}
