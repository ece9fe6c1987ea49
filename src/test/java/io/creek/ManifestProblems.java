package io.creek;

import io.creek.command.Versions;
import io.creek.config.ClusterConfig;
import io.creek.config.CommandLine;
import io.creek.config.ConfigSources;
import io.creek.config.CreekConfig;
import io.creek.config.HostPort;
import io.creek.config.RawSettings;
import io.creek.config.RunningConfig;
import io.creek.config.Setting;
import io.creek.config.StartupException;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What does not fit together in the manifests of one cluster: with each other, with the settings that Creek knows, with the time in which it
 * stops. The configuration is read by Creek's own code, from a directory as it would be mounted. One use.
 */
final class ManifestProblems {
    /** Beyond preStop, shutdown_drain and the time that Creek gives itself. */
    private static final long GRACE_SECONDS_LEFT_MIN = 5;

    private static final String POD_ADDRESS = "10.0.0.1";

    private final List<String> problems = new ArrayList<>();
    private final List<HasMetadata> objects;
    private final StatefulSet set;
    private final ConfigMap configMap;
    private final PodSpec pod;
    private final Container container;
    private final Map<String, Integer> ports;

    private ManifestProblems(List<HasMetadata> objects) {
        this.objects = objects;
        set = one(StatefulSet.class);
        configMap = one(ConfigMap.class);
        pod = set.getSpec().getTemplate().getSpec();
        container = pod.getContainers().get(0);
        ports = container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
    }

    static List<String> of(List<HasMetadata> objects, Path directory) throws IOException {
        ManifestProblems checked = new ManifestProblems(objects);
        checked.selectors();
        checked.services();
        checked.policies();
        checked.probes();
        checked.mounts();
        checked.configuration(directory);
        checked.security();
        checked.lifecycle();
        return checked.problems;
    }

    private <T> List<T> all(Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private <T> T one(Class<T> kind) {
        List<T> found = all(kind);
        if (found.size() != 1) {
            throw new AssertionError("expected one " + kind.getSimpleName() + ", actual " + found.size());
        }
        return found.get(0);
    }

    private void expect(String what, @Nullable Object expected, @Nullable Object actual) {
        if (!Objects.equals(expected, actual)) {
            problems.add(what + ": expected " + expected + ", actual " + actual);
        }
    }

    private void selectors() {
        selects("StatefulSet", set.getSpec().getSelector().getMatchLabels());
        all(Service.class)
                .forEach(each ->
                        selects(each.getMetadata().getName(), each.getSpec().getSelector()));
        all(NetworkPolicy.class)
                .forEach(each -> selects(
                        each.getMetadata().getName(),
                        each.getSpec().getPodSelector().getMatchLabels()));
        selects(
                "PodDisruptionBudget",
                one(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels());
    }

    private void selects(String who, Map<String, String> labels) {
        Map<String, String> ofPods = set.getSpec().getTemplate().getMetadata().getLabels();
        if (labels.isEmpty() || !ofPods.entrySet().containsAll(labels.entrySet())) {
            problems.add(who + ": expected to select the pods, " + ofPods + ", actual " + labels);
        }
    }

    private void services() {
        for (Service service : all(Service.class)) {
            String name = service.getMetadata().getName();
            for (ServicePort port : service.getSpec().getPorts()) {
                expect(
                        name + ": port " + port.getName(),
                        ports.get(port.getTargetPort().getStrVal()),
                        port.getPort());
            }
            if (name.equals(set.getSpec().getServiceName())) {
                expect(name + ": clusterIP", "None", service.getSpec().getClusterIP());
                expect(
                        name + ": publishNotReadyAddresses",
                        true,
                        service.getSpec().getPublishNotReadyAddresses());
                expect(name + ": ports", ports.keySet(), names(service));
            } else {
                expect(name + ": ports", Set.of("client"), names(service));
                expect(
                        name + ": publishNotReadyAddresses",
                        null,
                        service.getSpec().getPublishNotReadyAddresses());
            }
        }
        expect(
                "services named by serviceName",
                1L,
                all(Service.class).stream()
                        .filter(each -> each.getMetadata()
                                .getName()
                                .equals(set.getSpec().getServiceName()))
                        .count());
    }

    private static Set<String> names(Service service) {
        return service.getSpec().getPorts().stream().map(ServicePort::getName).collect(Collectors.toSet());
    }

    private void policies() {
        for (NetworkPolicy policy : all(NetworkPolicy.class)) {
            Stream<IntOrString> in = policy.getSpec().getIngress().stream()
                    .flatMap(rule -> rule.getPorts().stream().map(port -> port.getPort()));
            Stream<IntOrString> out = policy.getSpec().getEgress().stream()
                    .flatMap(rule -> rule.getPorts().stream().map(port -> port.getPort()))
                    .filter(port -> port.getIntVal() == null || port.getIntVal() != 53);
            Stream.concat(in, out).forEach(port -> {
                if (!ports.containsKey(port.getStrVal())) {
                    problems.add(policy.getMetadata().getName() + ": port: expected one of " + ports.keySet()
                            + ", actual " + port.getValue());
                }
            });
            policy.getSpec().getIngress().stream()
                    .filter(rule -> rule.getFrom().isEmpty())
                    .forEach(rule -> problems.add(policy.getMetadata().getName() + ": lets everyone in: " + rule));
        }
    }

    private void probes() {
        Map<String, Probe> probes = new LinkedHashMap<>();
        probes.put("/health/started", container.getStartupProbe());
        probes.put("/health/live", container.getLivenessProbe());
        probes.put("/health/ready", container.getReadinessProbe());
        probes.forEach((path, probe) -> {
            expect("probe", path, probe.getHttpGet().getPath());
            expect("port of " + path, "metrics", probe.getHttpGet().getPort().getStrVal());
        });
    }

    private void mounts() {
        Map<String, String> paths = mountPaths();
        List<String> offered = Stream.concat(
                        pod.getVolumes().stream().map(Volume::getName),
                        set.getSpec().getVolumeClaimTemplates().stream()
                                .map(each -> each.getMetadata().getName()))
                .sorted()
                .toList();
        expect("volumes", offered, paths.keySet().stream().sorted().toList());
        container.getVolumeMounts().forEach(each -> expect("subPath of " + each.getName(), null, each.getSubPath()));
        for (EnvVar variable : container.getEnv()) {
            String name = variable.getName();
            if (name.equals("CREEK_CONF_DIR")) {
                expect(name, paths.get("conf"), variable.getValue());
            } else if (!name.equals("JDK_JAVA_OPTIONS")
                    && Setting.find(name.replace("CREEK_", "").toLowerCase(Locale.ROOT))
                            .isEmpty()) {
                problems.add("environment: expected a setting's name, actual " + name);
            }
        }
    }

    private Map<String, String> mountPaths() {
        return container.getVolumeMounts().stream()
                .collect(Collectors.toMap(VolumeMount::getName, VolumeMount::getMountPath));
    }

    private Volume volume(String name) {
        return pod.getVolumes().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no volume " + name));
    }

    private void configuration(Path directory) throws IOException {
        Map<String, String> files = new HashMap<>();
        for (VolumeProjection source : volume("conf").getProjected().getSources()) {
            if (source.getConfigMap() != null) {
                expect(
                        "mounted ConfigMap",
                        configMap.getMetadata().getName(),
                        source.getConfigMap().getName());
                files.putAll(configMap.getData());
                files.values().removeIf(Objects::isNull);
            }
            if (source.getSecret() != null) {
                source.getSecret().getItems().forEach(item -> files.put(item.getPath(), "a password"));
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        try {
            Map<String, String> environment =
                    Map.of("CREEK_CONF_DIR", directory.toString(), "CREEK_CLUSTER_ADDRESS", POD_ADDRESS);
            RawSettings raw = ConfigSources.read(CommandLine.parse(), environment);
            compare(new RunningConfig(raw).get(), files);
        } catch (StartupException e) {
            e.problems().forEach(problem -> problems.add(problem.replace(directory + "/", "")));
        }
    }

    private void compare(CreekConfig config, Map<String, String> files) {
        ClusterConfig cluster = config.cluster().orElseThrow(() -> new AssertionError("no peers"));
        HostPort metrics = config.admin().address().orElseThrow(() -> new AssertionError("no metrics"));
        expect(
                "ports",
                ports,
                Map.of(
                        "client", config.server().address().port(),
                        "cluster", cluster.clusterPort(),
                        "bus", cluster.busPort(),
                        "metrics", metrics.port()));
        grace(config.admin().drainSeconds());
        expect(
                "address of the client port",
                "0.0.0.0",
                config.server().address().host());
        expect("metrics_address, for the kubelet", "0.0.0.0", metrics.host());
        expect("address for peers", POD_ADDRESS, cluster.host());
        expect("peer_dns", set.getSpec().getServiceName(), cluster.dnsName().orElse(""));
        expect(
                "a password, or insecure",
                files.containsKey("insecure"),
                config.security().password().isNone());
        Map<String, String> mounts = mountPaths();
        expect(
                "data_store_directory is below the claim's mount and not its root",
                Path.of(mounts.getOrDefault("data", "")),
                config.dataDirectory().getParent());
        expect(
                "files of bus_tls",
                cluster.tls()
                        .map(tls -> Stream.of(tls.authority(), tls.certificate(), tls.key())
                                .sorted()
                                .toList())
                        .orElse(List.of()),
                files(mounts, "bus-tls"));
        expect(
                "files of tls",
                config.security()
                        .tls()
                        .map(tls ->
                                Stream.of(tls.certificate(), tls.key()).sorted().toList())
                        .orElse(List.of()),
                files(mounts, "client-tls"));
        expect("acl_file", config.security().aclFile().stream().toList(), files(mounts, "users"));
    }

    private List<Path> files(Map<String, String> mounts, String volume) {
        String mount = mounts.get(volume);
        return mount == null
                ? List.of()
                : volume(volume).getSecret().getItems().stream()
                        .map(KeyToPath::getPath)
                        .map(file -> Path.of(mount, file))
                        .sorted()
                        .toList();
    }

    private void security() {
        SecurityContext own = container.getSecurityContext();
        expect("runAsNonRoot", true, pod.getSecurityContext().getRunAsNonRoot());
        expect(
                "fsGroup",
                pod.getSecurityContext().getRunAsGroup(),
                pod.getSecurityContext().getFsGroup());
        expect(
                "seccompProfile",
                "RuntimeDefault",
                pod.getSecurityContext().getSeccompProfile().getType());
        expect("readOnlyRootFilesystem", true, own.getReadOnlyRootFilesystem());
        expect("allowPrivilegeEscalation", false, own.getAllowPrivilegeEscalation());
        expect("dropped capabilities", List.of("ALL"), own.getCapabilities().getDrop());
        expect("added capabilities", List.of(), own.getCapabilities().getAdd());
        expect("privileged", null, own.getPrivileged());
        expect("automountServiceAccountToken", false, pod.getAutomountServiceAccountToken());
        expect("enableServiceLinks", false, pod.getEnableServiceLinks());
        expect("hostNetwork", null, pod.getHostNetwork());
    }

    private void lifecycle() {
        expect("podManagementPolicy", "Parallel", set.getSpec().getPodManagementPolicy());
        expect(
                "whenDeleted",
                "Retain",
                set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted());
        expect(
                "whenScaled",
                "Retain",
                set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled());
        expect(
                "one node at a time",
                1,
                one(PodDisruptionBudget.class).getSpec().getMaxUnavailable().getIntVal());
        expect("image", "creek:" + Versions.CREEK, container.getImage());
        expect("pods are kept apart", true, pod.getAffinity().getPodAntiAffinity() != null);
    }

    private void grace(long drainSeconds) {
        long leastSeconds = container.getLifecycle().getPreStop().getSleep().getSeconds()
                + drainSeconds
                + Exit.STOP_MILLIS_MAX / 1_000
                + GRACE_SECONDS_LEFT_MIN;
        if (pod.getTerminationGracePeriodSeconds() < leastSeconds) {
            problems.add("terminationGracePeriodSeconds: expected at least " + leastSeconds + ", actual "
                    + pod.getTerminationGracePeriodSeconds());
        }
    }
}
