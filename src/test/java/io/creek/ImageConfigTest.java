package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code make image} and {@code docker build} give one image: the files of both are laid out by one program, and this is the rest. */
final class ImageConfigTest {
    private static final Path DOCKERFILE = Path.of("k8s/Dockerfile");

    @Test
    void theDockerfileSaysTheSame() throws IOException {
        List<String> instructions = lastStage();

        assertThat(instructions)
                .contains(
                        "USER " + ImageConfig.USER,
                        "WORKDIR " + ImageConfig.WORKING_DIRECTORY,
                        "VOLUME " + json(ImageConfig.VOLUMES),
                        "EXPOSE "
                                + ImageConfig.PORTS.stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(" ")),
                        "ENV " + pairs(ImageConfig.ENVIRONMENT),
                        "LABEL " + pairs(ImageConfig.LABELS),
                        "ENTRYPOINT " + json(ImageConfig.ENTRYPOINT),
                        "COPY --from=build --chown=" + ImageConfig.USER + " /source/target/image/data /data")
                .noneMatch(line -> line.startsWith("CMD") || line.startsWith("HEALTHCHECK") || line.startsWith("RUN"));
    }

    /** The instructions after the last FROM, each on one line with single spaces. */
    private static List<String> lastStage() throws IOException {
        String text = Files.readAllLines(DOCKERFILE).stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.joining("\n"));
        return text.substring(text.lastIndexOf("FROM scratch"))
                .replaceAll("\\\\\n\\s*", "")
                .lines()
                .toList();
    }

    private static String json(List<String> values) {
        return new JsonArray(values).encode().replace(",", ", ");
    }

    private static String pairs(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(" "));
    }
}
