package io.creek.planted.server;

import org.mapdb.Store;

public final class UsesMapDb {

    public Store seen;

    public UsesMapDb(Store seen) {
        this.seen = seen;
    }
}
