package io.creek.planted.store;

public final class SystemClock {

    public long nowMillis() {
        return System.currentTimeMillis();
    }
}
