/**
 * {@code make bench}: Creek beside redis-server on this machine, in turns.
 *
 * <p>{@link io.creek.bench.BenchMain} runs a part, as {@link io.creek.bench.LinesBench} or {@link io.creek.bench.LoadBench}. A {@link
 * io.creek.bench.BenchServer} is a server under test; load comes from {@link io.creek.bench.RedisBenchmark}, from {@link io.creek.bench.CreekBench} or, for what
 * stalls, from {@link io.creek.bench.StallProbe}; figures go to a {@link io.creek.bench.BenchTable} and {@link io.creek.bench.BenchPlot}s, and {@link
 * io.creek.bench.BenchPage} puts them into the page about performance. No test depends on any figure: a machine that is busy makes one wrong, and must not make a
 * build fail.
 */
@NullMarked
package io.creek.bench;

import org.jspecify.annotations.NullMarked;
