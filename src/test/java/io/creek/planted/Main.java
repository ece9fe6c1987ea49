package io.creek.planted;

import java.time.InstantSource;

public final class Main {

    public InstantSource clock() {
        return InstantSource.system();
    }
}
