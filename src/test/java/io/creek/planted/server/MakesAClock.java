package io.creek.planted.server;

import java.time.InstantSource;

public final class MakesAClock {

    public InstantSource clock() {
        return InstantSource.system();
    }
}
