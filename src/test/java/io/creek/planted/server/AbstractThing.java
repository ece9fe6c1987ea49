package io.creek.planted.server;

public interface AbstractThing {}
