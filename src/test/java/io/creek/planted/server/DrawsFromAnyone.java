package io.creek.planted.server;

import java.util.concurrent.ThreadLocalRandom;

public final class DrawsFromAnyone {

    public int drawn() {
        return ThreadLocalRandom.current().nextInt();
    }
}
