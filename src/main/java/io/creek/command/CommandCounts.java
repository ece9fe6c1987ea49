package io.creek.command;

/**
 * How often a command was sent, for INFO's commandstats.
 *
 * @param name of the row
 * @param calls that ran
 * @param micros that these ran, together
 * @param rejected that were refused before they ran
 * @param failed that ran and answered an error
 */
public record CommandCounts(String name, long calls, long micros, long rejected, long failed) {}
