package io.creek.command;

/** How long a command ran, whenever it did. {@code name} is that of the row, {@code container|subcommand} of a subcommand. */
public record CommandLatency(String name, LatencyHistogram.Sum latencies) {}
