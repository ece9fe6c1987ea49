package io.creek.planted.util;

public final class Drawer {}
