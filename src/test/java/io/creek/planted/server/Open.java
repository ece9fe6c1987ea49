package io.creek.planted.server;

public class Open {}
