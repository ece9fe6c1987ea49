package io.creek.planted.security;

import io.creek.planted.server.Remembers;

public final class KnowsServerOfUsers {

    public Remembers seen;

    public KnowsServerOfUsers(Remembers seen) {
        this.seen = seen;
    }
}
