package io.creek.planted.server;

public final class Remembers {

    public static int count;

    private Remembers() {}
}
