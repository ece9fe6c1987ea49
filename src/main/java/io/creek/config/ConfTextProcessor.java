package io.creek.config;

import io.vertx.config.spi.ConfigProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * Teaches vertx-config the {@code key = value} format, as {@value #FORMAT}. Public because {@code ServiceLoader} wants it
 * so. Stateless; runs on the retriever's event loop, which a file of at most {@link ConfigSources#FILE_BYTES_MAX} does not
 * hold up.
 */
public final class ConfTextProcessor implements ConfigProcessor {

    static final String FORMAT = "creek";

    @Override
    public String name() {
        return FORMAT;
    }

    @Override
    public Future<JsonObject> process(Vertx vertx, JsonObject configuration, Buffer input) {
        Source source = Source.fromJson(configuration);
        return Future.succeededFuture(source.hold(ConfText.parse(source.name(), input.getBytes())));
    }
}
