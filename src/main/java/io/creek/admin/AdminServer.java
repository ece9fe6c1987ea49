package io.creek.admin;

import io.creek.config.CreekConfig;
import io.creek.config.HostPort;
import io.creek.config.StartupException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves metrics and health over HTTP. Owned by the event loop on which it listens, which is that of the main verticle: it opens before
 * recovery begins, and closes after all else.
 */
public final class AdminServer {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private static final int CONNECTIONS_MAX = 64;
    private static final int IDLE_SECONDS_MAX = 60;
    private static final int REQUEST_LINE_BYTES_MAX = 1 << 10;

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int FAILED = 500;
    private static final int UNAVAILABLE = 503;

    private final Vertx vertx;
    private final Health health;
    private final Metrics metrics;
    private int connections;

    public AdminServer(Vertx vertx, Health health, Metrics metrics) {
        this.vertx = vertx;
        this.health = health;
        this.metrics = metrics;
    }

    /** Fails with a {@link StartupException} when it cannot listen where it was told to. */
    public Future<?> listen(CreekConfig.Admin config) {
        if (config.address().isEmpty()) {
            return Future.succeededFuture();
        }
        HostPort address = config.address().get();
        return vertx.createHttpServer(new HttpServerOptions()
                        .setReusePort(false)
                        .setIdleTimeout(IDLE_SECONDS_MAX)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX))
                .connectionHandler(this::connected)
                .requestHandler(this::handle)
                .exceptionHandler(e -> LOG.debug("metrics: {}", e.toString()))
                .listen(address.port(), address.host())
                .onSuccess(listening -> LOG.info("metrics and health on http://{}", address))
                .<Void>mapEmpty()
                .recover(e -> {
                    if (config.mayBeTaken()) {
                        LOG.warn(
                                "no metrics and no health: cannot listen on {}: {}. metrics_port says another port, or 0 for none",
                                address,
                                e.getMessage());
                        return Future.succeededFuture();
                    }
                    return Future.failedFuture(new StartupException(
                            StartupException.CONFIGURATION,
                            "metrics_port = " + address.port() + ": cannot listen on " + address + ": "
                                    + e.getMessage()));
                });
    }

    private void connected(HttpConnection connection) {
        if (connections == CONNECTIONS_MAX) {
            var unused = connection.close();
            return;
        }
        connections++;
        connection.closeHandler(closed -> connections--);
    }

    private void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader("Allow", "GET, HEAD");
            answer(request, METHOD_NOT_ALLOWED, "expected GET, actual " + request.method() + "\n");
            return;
        }
        switch (request.path()) {
            case "/metrics" -> metrics(request);
            case "/health/live" ->
                Future.fromCompletionStage(health.live(), vertx.getOrCreateContext())
                        .onSuccess(why -> answer(request, why));
            case "/health/ready" -> answer(request, health.ready());
            case "/health/started" -> answer(request, health.started());
            default ->
                answer(
                        request,
                        NOT_FOUND,
                        "expected /metrics, /health/live, /health/ready or /health/started, actual " + request.path()
                                + "\n");
        }
    }

    private void metrics(HttpServerRequest request) {
        metrics.scrape()
                .onSuccess(text -> {
                    request.response().putHeader("Content-Type", Metrics.CONTENT_TYPE);
                    send(request, OK, text);
                })
                .onFailure(failure -> {
                    LOG.error("the metrics could not be read", failure);
                    answer(request, FAILED, "the metrics could not be read: " + failure + "\n");
                });
    }

    private static void answer(HttpServerRequest request, Optional<String> whyNot) {
        JsonObject body = new JsonObject().put("status", whyNot.isEmpty() ? "up" : "down");
        whyNot.ifPresent(reason -> body.put("why", reason));
        request.response().putHeader("Content-Type", "application/json");
        send(request, whyNot.isEmpty() ? OK : UNAVAILABLE, Buffer.buffer(body.encode() + "\n"));
    }

    private static void answer(HttpServerRequest request, int status, String text) {
        request.response().putHeader("Content-Type", "text/plain; charset=utf-8");
        send(request, status, Buffer.buffer(text));
    }

    private static void send(HttpServerRequest request, int status, Buffer body) {
        HttpServerResponse response = request.response();
        if (response.closed()) {
            return;
        }
        response.setStatusCode(status).putHeader("Cache-Control", "no-store");
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", String.valueOf(body.length()));
            var unused = response.end();
        } else {
            var unused = response.end(body);
        }
    }
}
