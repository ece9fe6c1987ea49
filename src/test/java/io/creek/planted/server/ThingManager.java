package io.creek.planted.server;

public final class ThingManager {}
