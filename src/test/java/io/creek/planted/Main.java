package io.creek.planted;

public final class Main {}
