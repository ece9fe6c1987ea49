package io.creek.planted.server;

public final class BaseThing {}
