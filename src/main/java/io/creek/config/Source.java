package io.creek.config;

import io.vertx.core.json.JsonObject;

/**
 * One place that settings come from, as vertx-config carries it: the configuration of a store, which its processor gets
 * too. vertx-config merges what all stores give into one object, so each gives its layer under its rank.
 *
 * @param rank higher ranks go over lower ones
 * @param name what problems call it, for a file its path
 */
record Source(int rank, String name) {

    JsonObject toJson() {
        return new JsonObject().put("rank", rank).put("name", name).put("path", name);
    }

    static Source fromJson(JsonObject configuration) {
        return new Source(configuration.getInteger("rank"), configuration.getString("name"));
    }

    JsonObject hold(Layer layer) {
        return new JsonObject().put(String.valueOf(rank), layer.toJson());
    }
}
