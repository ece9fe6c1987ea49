package io.creek.planted.server;

import java.time.Instant;
import java.util.function.LongSupplier;

public final class AsksTheWallClock {

    public long called() {
        return System.currentTimeMillis();
    }

    public LongSupplier referred() {
        return System::currentTimeMillis;
    }

    public Instant instant() {
        return Instant.now();
    }
}
