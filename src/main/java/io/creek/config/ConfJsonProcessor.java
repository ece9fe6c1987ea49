package io.creek.config;

import io.vertx.config.spi.ConfigProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * Teaches vertx-config our reading of JSON, as {@value #FORMAT}: its own {@code json} loses lines and repeated keys.
 * Public because {@code ServiceLoader} wants it so. Stateless.
 */
public final class ConfJsonProcessor implements ConfigProcessor {

    static final String FORMAT = "creek-json";

    @Override
    public String name() {
        return FORMAT;
    }

    @Override
    public Future<JsonObject> process(Vertx vertx, JsonObject configuration, Buffer input) {
        Source source = Source.fromJson(configuration);
        return Future.succeededFuture(source.hold(ConfJson.parse(source.name(), input.getBytes())));
    }
}
