/**
 * {@code make bench}: Creek beside redis-server on this machine, by the same redis-benchmark lines, in turns.
 *
 * <p>{@link io.creek.bench.BenchMain} plays the rounds, {@link io.creek.bench.BenchServer} is a server under test, {@link
 * io.creek.bench.BenchLine} what is asked of it, {@link io.creek.bench.BenchResult} what came out, {@link io.creek.bench.BenchReport} the
 * table, the CSV and the plot. No test depends on any of it: a machine that is busy makes a figure wrong, and must not make a build fail.
 */
@NullMarked
package io.creek.bench;

import org.jspecify.annotations.NullMarked;
