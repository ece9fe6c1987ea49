package io.creek;

import io.creek.command.Versions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the image tells those who run it; {@code k8s/Dockerfile} tells the same. */
final class ImageConfig {
    static final String USER = ImageRoot.USER + ":" + ImageRoot.USER;
    static final String WORKING_DIRECTORY = "/";

    /** Of clients, metrics, and between nodes. */
    static final List<Integer> PORTS = List.of(8080, 9121, 18_080, 28_080);

    /** What is written; all else may be read-only. */
    static final List<String> VOLUMES = List.of("/data", "/tmp");

    /** There is no shell, so java itself; arguments of the container go to Creek. */
    static final List<String> ENTRYPOINT = List.of(
            "/" + ImageRoot.RUNTIME.resolve("bin/java"),
            "-XX:SharedArchiveFile=/" + ImageRoot.ARCHIVE,
            "-Xlog:cds*=off",
            "-jar",
            "/" + ImageRoot.JAR);

    static final Map<String, String> ENVIRONMENT = new TreeMap<>(Map.of(
            "PATH", "/" + ImageRoot.RUNTIME.resolve("bin"),
            "LANG", "C.UTF-8",
            "CREEK_CONF_FILE", "/" + ImageRoot.CONF));

    static final Map<String, String> LABELS = new TreeMap<>(Map.of(
            "org.opencontainers.image.title",
            "Creek",
            "org.opencontainers.image.version",
            Versions.CREEK,
            "org.opencontainers.image.licenses",
            "MIT"));

    private ImageConfig() {}

    /** In the form of the OCI image specification, without the file systems. */
    static JsonObject json() {
        JsonObject ports = new JsonObject();
        PORTS.forEach(port -> ports.put(port + "/tcp", new JsonObject()));
        JsonObject volumes = new JsonObject();
        VOLUMES.forEach(volume -> volumes.put(volume, new JsonObject()));
        JsonArray environment = new JsonArray();
        ENVIRONMENT.forEach((name, value) -> environment.add(name + "=" + value));
        JsonObject labels = new JsonObject();
        LABELS.forEach(labels::put);
        return new JsonObject()
                .put("User", USER)
                .put("ExposedPorts", ports)
                .put("Env", environment)
                .put("Entrypoint", new JsonArray(ENTRYPOINT))
                .put("Volumes", volumes)
                .put("WorkingDir", WORKING_DIRECTORY)
                .put("Labels", labels)
                .put("StopSignal", "SIGTERM");
    }
}
