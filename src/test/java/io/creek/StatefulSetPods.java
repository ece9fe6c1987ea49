package io.creek;

import io.creek.protocol.RespClient;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * What Kubernetes does with {@code k8s/base}, on the loopback interface of one machine: pods with the manifests' configuration and environment, mounted as
 * there, found by the headless service's name; with a volume of their own that they keep, and at every start a new address. One thread starts and stops
 * them; any may ask.
 */
final class StatefulSetPods implements AutoCloseable {
    private static final Path BASE = Manifests.ROOT.resolve("base");
    private static final String MOUNTS = "/etc/creek";
    private static final String PASSWORD = "correct horse";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int PORTS = 4;

    /** @param process null while there is none */
    private record Pod(@Nullable ServerProcess process, String address, boolean ready) {
        ServerProcess running() {
            return Objects.requireNonNull(process, "never started");
        }
    }

    private final Path directory;
    private final List<Path> planted;
    private final Path hosts;
    private final StatefulSet set;
    private final int port;
    private final int metricsPort;
    private final AtomicReferenceArray<@Nullable Pod> pods;
    private int starts;

    /** @param planted directories of classes that take the place of the jar's */
    StatefulSetPods(Path directory, List<Path> planted) throws Exception {
        this.directory = directory;
        this.planted = planted;
        hosts = directory.resolve("hosts");
        List<HasMetadata> objects = Manifests.asWritten(BASE);
        set = one(objects, StatefulSet.class);
        pods = new AtomicReferenceArray<>(set.getSpec().getReplicas());
        int[] ports = freePorts();
        port = ports[0];
        metricsPort = ports[1];
        Map<String, String> settings =
                new HashMap<>(one(objects, ConfigMap.class).getData());
        settings.replaceAll((key, value) -> value.replace(MOUNTS, directory.toString()));
        settings.putAll(Map.of(
                "metrics_port", "" + metricsPort,
                "cluster_port", "" + ports[2],
                "bus_port", "" + ports[3],
                "requirepass", PASSWORD));
        mount(settings);
        makeCertificates();
    }

    private static <T extends HasMetadata> T one(List<HasMetadata> objects, Class<T> type) {
        return objects.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    /** On every address, as each pod has one of its own. */
    private static int[] freePorts() throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            sockets.add(new ServerSocket(0));
        }
        int[] ports = sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** As the kubelet lays it out: a link of each key leads through the link {@code ..data}. */
    private void mount(Map<String, String> settings) throws IOException {
        Path mount = Files.createDirectories(directory.resolve("conf"));
        Path version = Files.createDirectory(mount.resolve("..version"));
        Files.createSymbolicLink(mount.resolve("..data"), version.getFileName());
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            Files.writeString(version.resolve(setting.getKey()), setting.getValue());
            Files.createSymbolicLink(mount.resolve(setting.getKey()), Path.of("..data", setting.getKey()));
        }
    }

    private void makeCertificates() throws Exception {
        Path made = directory.resolve("certs");
        Process certs = new ProcessBuilder("src/main/launcher/certs", made.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("certs.txt").toFile())
                .start();
        if (!certs.waitFor(30, TimeUnit.SECONDS) || certs.exitValue() != 0) {
            throw new IOException("certs: " + Files.readString(directory.resolve("certs.txt")));
        }
        Path mount = Files.createDirectories(directory.resolve("bus-tls"));
        Files.copy(made.resolve("node.pem"), mount.resolve("tls.crt"));
        Files.copy(made.resolve("node.key"), mount.resolve("tls.key"));
        Files.copy(made.resolve("ca.pem"), mount.resolve("ca.crt"));
    }

    int count() {
        return pods.length();
    }

    void start(int i) throws IOException {
        String address = "127.0.1." + ++starts;
        pods.set(i, new Pod(null, address, false));
        publish();
        Map<String, String> environment = new HashMap<>(Map.of(
                // All pods are on one machine.
                "CREEK_SERVER_ADDRESS",
                address + ":" + port,
                "CREEK_METRICS_ADDRESS",
                address,
                "CREEK_DATA_STORE_DIRECTORY",
                directory.resolve("volume" + i).toString(),
                "CREEK_LOG_SEGMENT_BYTES",
                "1MiB",
                "CREEK_STORE_MAX_BYTES",
                "64MiB"));
        for (EnvVar variable : container().getEnv()) {
            environment.put(
                    variable.getName(),
                    variable.getValue() == null ? address : variable.getValue().replace(MOUNTS, directory.toString()));
        }
        environment.put("CREEK_METRICS_PORT", "" + metricsPort);
        List<String> command = new ArrayList<>(ServerProcess.command(planted, List.of()));
        command.add(1, "-Djdk.net.hosts.file=" + hosts);
        pods.set(i, new Pod(ServerProcess.start(directory, environment, command), address, false));
    }

    private Container container() {
        return set.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    /** The headless service: all pods that there are, ready or not. */
    private void publish() throws IOException {
        StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
        for (int i = 0; i < count(); i++) {
            Pod pod = pods.get(i);
            if (pod != null) {
                lines.append(pod.address + " " + set.getSpec().getServiceName() + "\n");
            }
        }
        Path next = Files.writeString(directory.resolve("hosts.next"), lines);
        Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Until the readiness probe's request is answered with 200. */
    void awaitReady(int i) {
        Pod pod = pod(i);
        ServerProcess process = pod.running();
        Awaitility.await("pod " + i + " is ready")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("pod " + i + " has ended: " + process.err());
                    }
                    return isReady(pod.address);
                });
        pods.set(i, new Pod(process, pod.address, true));
    }

    private boolean isReady(String address) throws IOException {
        String path = container().getReadinessProbe().getHttpGet().getPath();
        HttpURLConnection request = (HttpURLConnection) URI.create("http://" + address + ":" + metricsPort + path)
                .toURL()
                .openConnection();
        request.setReadTimeout(TIMEOUT_MILLIS);
        try {
            return request.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException notYet) {
            return false;
        } finally {
            request.disconnect();
        }
    }

    ServerProcess process(int i) {
        return pod(i).running();
    }

    private Pod pod(int i) {
        return Objects.requireNonNull(pods.get(i), () -> "there is no pod " + i);
    }

    /** Takes it out of the services and ends it as the kubelet does; its exit code. */
    int stop(int i) throws IOException, InterruptedException {
        Pod pod = pod(i);
        pods.set(i, new Pod(pod.process, pod.address, false));
        int code = pod.running()
                .terminate()
                .awaitExit(set.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds());
        pods.set(i, null);
        publish();
        return code;
    }

    /** For how long a pod has to be ready before the next one is rolled. */
    Duration settling() {
        return Duration.ofSeconds(set.getSpec().getMinReadySeconds());
    }

    boolean startsInParallel() {
        return set.getSpec().getPodManagementPolicy().equals("Parallel");
    }

    /** Any that is ready but this one, in turn: what the service of the clients leads to. */
    int anotherReady(int but) {
        return Stream.iterate(but + 1, next -> next + 1)
                .limit(count() - 1)
                .map(next -> next % count())
                .filter(this::isServed)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no pod is ready but " + but));
    }

    private boolean isServed(int i) {
        Pod pod = pods.get(i);
        return pod != null && pod.ready;
    }

    /** @throws UncheckedIOException when it takes no connection, or there is none at the time */
    RespClient connect(int i) {
        Pod pod = pods.get(i);
        if (pod == null) {
            throw new UncheckedIOException(new IOException("there is no pod " + i));
        }
        RespClient client = RespClient.connect(pod.address, port, TIMEOUT_MILLIS);
        client.call("AUTH", PASSWORD);
        return client;
    }

    /** What {@code creek dump --all} prints of each, without the tombstones that one of them may have dropped already. */
    List<ClusterDump> dumps() throws Exception {
        List<ClusterDump> dumps = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            List<String> arguments = List.of("dump", "--all", "--host", pod(i).address, "--port", "" + port);
            try (ServerProcess dump = ServerProcess.start(
                    directory, Map.of("CREEK_PASSWORD", PASSWORD), ServerProcess.command(List.of(), arguments))) {
                if (dump.awaitExit() != 0) {
                    throw new IOException("dump of pod " + i + ": " + dump.err());
                }
                dumps.add(ClusterDump.parse(dump.out()));
            }
        }
        long horizon = dumps.stream().mapToLong(ClusterDump::horizon).max().orElse(0);
        return dumps.stream().map(dump -> dump.above(horizon)).toList();
    }

    /** {@code kill -9} to all that live. */
    @Override
    public void close() {
        for (int i = 0; i < count(); i++) {
            Pod pod = pods.get(i);
            if (pod != null && pod.process != null) {
                pod.process.close();
            }
        }
    }
}
