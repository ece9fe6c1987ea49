package io.creek.admin;

import io.creek.command.LatencyHistogram;
import io.creek.server.ServerNode;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the node and of its JVM, as text for Prometheus. The counters are read when somebody scrapes; who scrapes while that goes
 * on gets the same text.
 *
 * <p>Owned by the event loop of the {@link AdminServer}; the text is made on a worker.
 */
public final class Metrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final long SECONDS_MAX = 10;

    private final Vertx vertx;
    private final Health health;
    private final LatencyHistogram fsyncs;
    /** Made at the first scrape, so that no start waits for it; on workers. */
    private @Nullable JvmMetrics jvm;

    private @Nullable Future<Buffer> underWay;

    /** @param fsyncs how long it took to make the log durable */
    public Metrics(Vertx vertx, Health health, LatencyHistogram fsyncs) {
        this.vertx = vertx;
        this.health = health;
        this.fsyncs = fsyncs;
    }

    Future<Buffer> scrape() {
        Future<Buffer> same = underWay;
        if (same != null) {
            return same;
        }
        Future<Buffer> text = read();
        underWay = text;
        text.onComplete(done -> underWay = null);
        return text;
    }

    /** The JVM's alone, until the node serves. */
    private Future<Buffer> read() {
        boolean ready = health.ready().isEmpty();
        Optional<ServerNode> serving = health.node();
        if (serving.isEmpty()) {
            return vertx.executeBlocking(() -> text(List.of(NodeMetrics.ready(ready))));
        }
        ServerNode node = serving.get();
        return Future.fromCompletionStage(
                        node.status().toCompletableFuture().orTimeout(SECONDS_MAX, TimeUnit.SECONDS),
                        vertx.getOrCreateContext())
                .compose(status -> vertx.executeBlocking(() ->
                        text(NodeMetrics.of(status, node.latencies(), LatencyHistogram.sum(List.of(fsyncs)), ready))));
    }

    private Buffer text(List<MetricSnapshot> ofNode) throws IOException {
        List<MetricSnapshot> all = new ArrayList<>(ofNode);
        all.addAll(jvm().snapshots());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, new MetricSnapshots(all));
        return Buffer.buffer(out.toByteArray());
    }

    private synchronized JvmMetrics jvm() {
        JvmMetrics made = jvm == null ? new JvmMetrics() : jvm;
        jvm = made;
        return made;
    }
}
