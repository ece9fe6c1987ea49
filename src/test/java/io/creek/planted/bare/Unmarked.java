package io.creek.planted.bare;

public final class Unmarked {}
