package io.creek;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The manifests of {@code k8s/} as objects of Kubernetes' own model, read so that a field which that does not know, or that stands twice, is
 * an error. Stateless.
 */
final class Manifests {
    static final Path ROOT = Path.of("k8s");

    /** Of kustomize; before it {@code labels} and {@code patches} of our kind are not known. */
    private static final int KUSTOMIZE_MAJOR_MIN = 5;

    private static final String KUSTOMIZATION = "kustomization.yaml";
    private static final Pattern MAJOR = Pattern.compile("(?:Kustomize Version: )?v(\\d+)\\.");
    private static final int SECONDS_MAX = 60;

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1 ConfigMap", ConfigMap.class,
            "v1 Namespace", Namespace.class,
            "v1 Service", Service.class,
            "apps/v1 StatefulSet", StatefulSet.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class,
            "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class);

    /** The model keeps what it does not know; without the setter for that, it is unknown. */
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private Manifests() {}

    /** Every directory with a kustomization of its own. */
    static List<Path> kustomizations() throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(file -> file.endsWith(KUSTOMIZATION))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
        }
    }

    /** What a directory's kustomization says, and beside it the manifests and patches of that directory. */
    static JsonNode kustomization(Path directory) throws IOException {
        return YAML.readTree(Files.readString(directory.resolve(KUSTOMIZATION)));
    }

    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(".yaml") && !file.endsWith(KUSTOMIZATION))
                    .sorted()
                    .toList();
        }
    }

    /** The manifests of a directory as they are, neither patched nor labelled. */
    static List<HasMetadata> asWritten(Path directory) throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        for (Path file : files(directory)) {
            objects.addAll(parse(Files.readString(file)));
        }
        return objects;
    }

    /**
     * @throws IOException naming what is not of the model, and where it stands
     */
    static List<HasMetadata> parse(String yaml) throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        try (JsonParser parser = YAML.createParser(yaml)) {
            Iterator<JsonNode> documents = YAML.readValues(parser, JsonNode.class);
            while (documents.hasNext()) {
                objects.add(object(documents.next()));
            }
        }
        return objects;
    }

    private static HasMetadata object(JsonNode document) throws IOException {
        String kind = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        Class<? extends HasMetadata> type = KINDS.get(kind);
        if (type == null) {
            throw new IOException("expected one of " + KINDS.keySet() + ", actual " + kind);
        }
        withoutDirectives(document);
        return YAML.treeToValue(document, type);
    }

    /** Those of kustomize, which a patch may have: what remains are fields of the model. */
    private static void withoutDirectives(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove("$patch");
        }
        node.forEach(Manifests::withoutDirectives);
    }

    /** The command that renders a directory; empty where there is none, or one that is too old. */
    static Optional<List<String>> renderer() throws IOException, InterruptedException {
        if (isNewEnough("kubectl", "version", "--client")) {
            return Optional.of(List.of("kubectl", "kustomize"));
        }
        return isNewEnough("kustomize", "version") ? Optional.of(List.of("kustomize", "build")) : Optional.empty();
    }

    private static boolean isNewEnough(String... version) throws IOException, InterruptedException {
        String said;
        try {
            said = run(List.of(version));
        } catch (IOException absent) {
            return false;
        }
        Matcher major = MAJOR.matcher(version[0].equals("kubectl") ? afterFirstLine(said) : said);
        return major.find() && Integer.parseInt(major.group(1)) >= KUSTOMIZE_MAJOR_MIN;
    }

    /** Where kubectl tells its own version, which is another one. */
    private static String afterFirstLine(String said) {
        return said.substring(said.indexOf('\n') + 1);
    }

    /** The manifests of a directory as they would be applied. */
    static List<HasMetadata> rendered(List<String> renderer, Path directory) throws IOException, InterruptedException {
        return parse(run(Stream.concat(renderer.stream(), Stream.of(directory.toString()))
                .toList()));
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("creek", ".yaml");
        Path err = Files.createTempFile("creek", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + ": expected to end within " + SECONDS_MAX + " s");
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(command + ": " + Files.readString(err));
            }
            return Files.readString(out);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
