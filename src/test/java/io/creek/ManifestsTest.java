package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.creek.command.Versions;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.Endpoint;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests of {@code k8s/}, as they are written and, where kubectl or kustomize is there, as they would be applied. */
final class ManifestsTest {
    private static final Path BASE = Manifests.ROOT.resolve("base");
    private static final String NO_RENDERER =
            "not rendered: found neither kubectl nor kustomize with kustomize 5 or later";
    private static final String OVERLAYS = "overlays/";

    /** For code, metaspace, threads and the collector's own. */
    private static final long LEFT_MIB_MIN = 192;

    @TempDir
    private Path directory;

    /** Maven counts what is skipped and keeps the reason in a file: it belongs on the console. */
    @BeforeAll
    static void tellWhatIsSkipped() throws Exception {
        if (Manifests.renderer().isEmpty()) {
            System.out.println(
                    "ManifestsTest: " + NO_RENDERER + "; the manifests are checked as they are written alone");
        }
    }

    private static List<HasMetadata> rendered(Path of) throws Exception {
        List<String> renderer = Manifests.renderer().orElse(List.of());
        assumeTrue(!renderer.isEmpty(), NO_RENDERER + "; " + of + " was checked as it is written alone");
        return Manifests.rendered(renderer, of);
    }

    private static StatefulSet set(List<HasMetadata> objects) {
        return all(objects, StatefulSet.class).get(0);
    }

    private static <T> List<T> all(List<HasMetadata> objects, Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void everyFileIsOfKubernetesModel() throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        for (Path each : Manifests.kustomizations()) {
            objects.addAll(Manifests.asWritten(each));
        }
        assertThat(objects).extracting(HasMetadata::getKind).contains("StatefulSet", "NetworkPolicy", "ServiceMonitor");
    }

    @ParameterizedTest
    @CsvSource({
        "base/statefulset.yaml, podManagementPolicy:, podManagementPolcy:",
        "base/statefulset.yaml, readOnlyRootFilesystem:, readonlyRootFilesystem:",
        "base/statefulset.yaml, failureThreshold:, failureTreshold:",
        "base/statefulset.yaml, accessModes:, accessMode:",
        "base/peer-service.yaml, publishNotReadyAddresses:, publishNotReadyAdresses:",
        "base/configmap.yaml, metadata:, metadate:",
        "base/network-policy.yaml, podSelector:, podSelectors:",
        "base/pod-disruption-budget.yaml, maxUnavailable:, maxUnavailables:",
        "overlays/prod/statefulset.yaml, whenUnsatisfiable:, whenUnsatisfied:",
        "components/monitoring/service-monitor.yaml, scrapeTimeout:, scrapeTimeOut:",
    })
    void aMisspeltFieldIsRefused(String file, String right, String wrong) throws IOException {
        String text = Files.readString(Manifests.ROOT.resolve(file));
        assertThat(Manifests.parse(text)).isNotEmpty();

        assertThat(text).contains(right);
        assertThatThrownBy(() -> Manifests.parse(text.replace(right, wrong)))
                .hasMessageContaining("Unrecognized field \"" + wrong.replace(":", "") + "\"");
    }

    @Test
    void aFieldThatStandsTwiceIsRefused() {
        String twice =
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: creek}\ndata: {fsync: \"no\", fsync: always}\n";

        assertThatThrownBy(() -> Manifests.parse(twice)).hasMessageContaining("fsync");
    }

    @Test
    void everyFileIsNamedByItsKustomization() throws IOException {
        for (Path each : Manifests.kustomizations()) {
            JsonNode kustomization = Manifests.kustomization(each);
            Set<String> allowed = Set.of(
                    "apiVersion",
                    "kind",
                    "namespace",
                    "labels",
                    "resources",
                    "components",
                    "images",
                    "patches",
                    "configMapGenerator");
            List<String> named = new ArrayList<>();
            kustomization.fieldNames().forEachRemaining(field -> assertThat(allowed)
                    .as(each.toString())
                    .contains(field));
            kustomization.path("resources").forEach(node -> named.add(node.asText()));
            kustomization.path("components").forEach(node -> named.add(node.asText()));
            kustomization
                    .path("patches")
                    .forEach(node -> named.add(node.path("path").asText()));

            assertThat(named).allSatisfy(name -> assertThat(each.resolve(name)).exists());
            assertThat(named.stream().filter(name -> name.endsWith(".yaml")).sorted())
                    .containsExactlyElementsOf(Manifests.files(each).stream()
                            .map(file -> file.getFileName().toString())
                            .toList());
        }
    }

    @Test
    void theBaseFitsTogetherAndWithTheCode() throws IOException {
        assertThat(ManifestProblems.of(Manifests.asWritten(BASE), directory)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/prod", "overlays/prod-monitored"})
    void whatWouldBeAppliedFitsTogetherAndWithTheCode(String of) throws Exception {
        assertThat(ManifestProblems.of(rendered(Manifests.ROOT.resolve(of)), directory))
                .isEmpty();
    }

    /** That the check finds what it is there for. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "statefulset.yaml | containerPort: 8080 | containerPort: 8081 | ports: expected",
                "statefulset.yaml | containerPort: 9121 | containerPort: 9122 | creek-peers: port metrics: expected 9122, actual 9121",
                "statefulset.yaml | path: /health/ready | path: /health/readi | probe: expected /health/ready, actual /health/readi",
                "statefulset.yaml | readOnlyRootFilesystem: true | readOnlyRootFilesystem: false | readOnlyRootFilesystem: expected true",
                "statefulset.yaml | enableServiceLinks: false | enableServiceLinks: true | enableServiceLinks: expected false",
                "statefulset.yaml | terminationGracePeriodSeconds: 30 | terminationGracePeriodSeconds: 15 | terminationGracePeriodSeconds: expected at least 20, actual 15",
                "statefulset.yaml | mountPath: /var/lib/creek | mountPath: /data | data_store_directory is below",
                "statefulset.yaml | path: ca.crt | path: ca.pem | files of bus_tls: expected",
                "statefulset.yaml | value: /etc/creek/conf | value: /etc/creek | CREEK_CONF_DIR: expected /etc/creek/conf",
                "statefulset.yaml | CREEK_CLUSTER_ADDRESS | CREEK_CLUSTER_ADRESS | environment: expected a setting's name, actual CREEK_CLUSTER_ADRESS",
                "statefulset.yaml | serviceName: creek-peers | serviceName: creek-peer | services named by serviceName: expected 1, actual 0",
                "statefulset.yaml | whenScaled: Retain | whenScaled: Delete | whenScaled: expected Retain",
                "statefulset.yaml | image: creek:1.0.0 | image: creek:latest | image: expected creek:",
                "configmap.yaml | fsync: everysec | fsnyc: everysec | fsnyc",
                "configmap.yaml | fsync: everysec | fsync: sometimes | fsync = sometimes: expected always, everysec or no",
                "configmap.yaml | server_address: 0.0.0.0:8080 | server_address: 127.0.0.1:8080 | address of the client port: expected 0.0.0.0",
                "configmap.yaml | metrics_port: \"9121\" | metrics_port: \"9122\" | ports: expected",
                "configmap.yaml | peer_dns: creek-peers | peer_dns: creek | peer_dns: expected creek-peers, actual creek",
                "configmap.yaml | bus_tls_ca: /etc/creek/bus-tls/ca.crt | log_level: info | bus_tls_ca = : expected a file",
                "peer-service.yaml | publishNotReadyAddresses: true | publishNotReadyAddresses: false | publishNotReadyAddresses: expected true",
                "peer-service.yaml | port: 28080 | port: 28081 | creek-peers: port bus: expected 28080, actual 28081",
                "client-service.yaml | app.kubernetes.io/name: creek | app.kubernetes.io/name: crek | creek: expected to select the pods",
                "network-policy.yaml | port: bus | port: buss | creek: port: expected one of",
                "pod-disruption-budget.yaml | maxUnavailable: 1 | maxUnavailable: 2 | one node at a time: expected 1, actual 2",
            })
    void aPlantedMistakeIsFound(String file, String right, String wrong, String problem) throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        for (Path each : Manifests.files(BASE)) {
            String text = Files.readString(each);
            boolean planted = each.endsWith(file);
            assertThat(!planted || text.contains(right)).as(right).isTrue();
            // A duplicate would be refused before it is checked.
            String other = wrong.startsWith("log_level") ? text.replace("  log_level: info\n", "") : text;
            objects.addAll(Manifests.parse(planted ? other.replace(right, wrong) : text));
        }
        assertThat(ManifestProblems.of(objects, directory)).anyMatch(found -> found.contains(problem));
    }

    @Test
    void theLauncherSharesOutWhatAContainerOfTheBaseMayHave() throws Exception {
        memoryFits(set(Manifests.asWritten(BASE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod"})
    void theLauncherSharesOutWhatAContainerMayHave(String overlay) throws Exception {
        memoryFits(set(rendered(Manifests.ROOT.resolve(OVERLAYS + overlay))));
    }

    private void memoryFits(StatefulSet set) throws Exception {
        ResourceRequirements resources =
                set.getSpec().getTemplate().getSpec().getContainers().get(0).getResources();
        LauncherMemory memory = LauncherMemory.of(directory, resources.getLimits());

        assertThat(memory.leftBytes() >> 20).as(memory.toString()).isGreaterThanOrEqualTo(LEFT_MIB_MIN);
        assertThat(resources.getRequests()).containsOnlyKeys("cpu", "memory");
    }

    @Test
    void devAsksForNoSecretAndSaysSo() throws Exception {
        List<HasMetadata> dev = rendered(Manifests.ROOT.resolve("overlays/dev"));

        assertThat(dev).allMatch(each -> !each.toString().contains("ecret=Secret"));
        assertThat(all(dev, NetworkPolicy.class)).isEmpty();
        assertThat(dev).extracting(each -> each.getMetadata().getNamespace()).containsOnly(null, "creek-dev");
    }

    @Test
    void prodKeepsNodesApartAndTakesAllThatItAsksFor() throws Exception {
        StatefulSet set = set(rendered(Manifests.ROOT.resolve("overlays/prod")));
        Affinity affinity = set.getSpec().getTemplate().getSpec().getAffinity();
        ResourceRequirements resources =
                set.getSpec().getTemplate().getSpec().getContainers().get(0).getResources();

        assertThat(affinity.getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
                .hasSize(1);
        assertThat(affinity.getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
                .isEmpty();
        assertThat(resources.getRequests()).isEqualTo(resources.getLimits());
        assertThat(set.getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void prometheusFindsTheServiceThatHasThePort() throws Exception {
        List<HasMetadata> objects = rendered(Manifests.ROOT.resolve("overlays/prod-monitored"));
        ServiceMonitor monitor = all(objects, ServiceMonitor.class).get(0);
        List<Service> found = all(objects, Service.class).stream()
                .filter(service -> service.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(
                                monitor.getSpec().getSelector().getMatchLabels().entrySet()))
                .toList();

        assertThat(found).hasSize(1);
        assertThat(found.get(0).getMetadata().getNamespace())
                .isEqualTo(monitor.getMetadata().getNamespace());
        for (Endpoint endpoint : monitor.getSpec().getEndpoints()) {
            assertThat(found.get(0).getSpec().getPorts())
                    .anyMatch(port -> port.getName().equals(endpoint.getPort()));
            assertThat(endpoint.getPath()).isEqualTo("/metrics");
        }
    }

    @Test
    void theImageRunsAsTheUserThatThePodNames() throws IOException {
        String dockerfile = Files.readString(Manifests.ROOT.resolve("Dockerfile"));
        StatefulSet set = set(Manifests.asWritten(BASE));
        long user = set.getSpec().getTemplate().getSpec().getSecurityContext().getRunAsUser();
        long group = set.getSpec().getTemplate().getSpec().getSecurityContext().getRunAsGroup();

        assertThat(Arrays.asList(dockerfile.split("\n"))).contains("USER " + user + ":" + group);
        assertThat(dockerfile).contains("org.opencontainers.image.version=\"" + Versions.CREEK + "\"");
    }
}
