/**
 * What watches a node over HTTP, on a port of its own: metrics for Prometheus, and health for what starts, restarts and balances nodes.
 *
 * <p>The path of a request: {@link io.creek.admin.AdminServer} → {@link io.creek.admin.Metrics}, which asks {@link
 * io.creek.server.ServerNode} for what INFO shows and for the histograms, and turns both into metrics ({@link io.creek.admin.NodeMetrics}) on
 * a thread of Vert.x' worker pool; or → {@link io.creek.admin.Health}. Nothing is recorded for metrics alone but the histograms: counters are
 * those that the event loops keep anyway, read when somebody scrapes.
 *
 * <p>Depends on {@code server}, {@code command} and {@code config}; the metrics of the JVM are Micrometer's.
 */
@NullMarked
package io.creek.admin;

import org.jspecify.annotations.NullMarked;
