package io.creek.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.creek.command.AclLog;
import io.creek.command.CommandCounts;
import io.creek.command.CommandLatency;
import io.creek.command.LatencyHistogram;
import io.creek.command.NodeStatus;
import io.creek.command.Peers;
import io.creek.command.PersistenceStatus;
import io.creek.command.ProcessFigures;
import io.creek.command.ShardStatus;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page, the alerts and the dashboard speak of the metrics that there are. */
final class MonitoringTest {
    private static final Path PAGE = Path.of("src", "site", "markdown", "operations.md");
    private static final Path ALERTS = Path.of("k8s", "monitoring", "alerts.yaml");
    private static final Path DASHBOARD = Path.of("k8s", "monitoring", "dashboard.json");

    @Test
    void thePageHasEveryMetricAndNoOther() throws IOException {
        Set<String> described = Files.readAllLines(PAGE).stream()
                .filter(line -> line.matches("\\| `(creek|jvm|process)_.*"))
                .map(line -> line.substring(line.indexOf('`') + 1, line.indexOf('`', 3)))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(described).isEqualTo(names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"alerts.yaml", "dashboard.json"})
    void rulesAndPanelsAskForMetricsThatThereAre(String file) throws IOException {
        Set<String> asked = Pattern.compile("\\b(creek|jvm|process)_[a-z_]+")
                .matcher(Files.readString(ALERTS.resolveSibling(file)))
                .results()
                .map(MatchResult::group)
                .map(name -> name.replaceFirst("(?<=_seconds)_(bucket|count|sum)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(asked).hasSizeGreaterThan(10).isSubsetOf(names());
    }

    @Test
    void theDashboardIsJsonWithPanels() throws IOException {
        assertThat(new JsonObject(Files.readString(DASHBOARD))
                        .getJsonArray("panels")
                        .size())
                .isGreaterThan(10);
    }

    @Test
    void promtoolAcceptsTheRules() throws Exception {
        assumeTrue(
                new ProcessBuilder("sh", "-c", "command -v promtool").start().waitFor() == 0,
                "promtool is not installed: Debian's package prometheus has it");
        Process promtool = new ProcessBuilder("promtool", "check", "rules", ALERTS.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).contains("SUCCESS");
    }

    /** As Prometheus sees them, without what it makes of a histogram. */
    private static Set<String> names() {
        LatencyHistogram.Sum none = LatencyHistogram.sum(List.of());
        return Stream.concat(
                        NodeMetrics.of(everything(), List.of(new CommandLatency("get", none)), none, true).stream(),
                        new JvmMetrics().snapshots().stream())
                .map(MonitoringTest::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(MetricSnapshot metric) {
        String name = metric.getMetadata().getPrometheusName();
        return name + (metric instanceof CounterSnapshot ? "_total" : metric instanceof InfoSnapshot ? "_info" : "");
    }

    /** A node of which there is everything to tell. */
    private static NodeStatus everything() {
        return new NodeStatus(
                "1.0.0",
                1,
                8080,
                "",
                "0000000000000001",
                0,
                Instant.EPOCH,
                new NodeStatus.Traffic(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
                Optional.of(new ProcessFigures(1, 2, 3)),
                1,
                "always",
                1,
                false,
                new NodeStatus.Replication(
                        false,
                        Optional.empty(),
                        List.of(new Peers.PeerReport(
                                "0000000000000002", "h:1", "streaming", "joined", false, 1, 2, 3, 4, 5, 6, 7)),
                        Peers.PeerCounts.NONE),
                new PersistenceStatus(1, 2, false, 3, 4, 5, 6, 7),
                false,
                1,
                List.of(new CommandCounts("get", 1, 2, 3, 4)),
                Map.of("ERR", 1L),
                new AclLog.Denied(1, 2, 3),
                List.of(new ShardStatus(
                        1, 2, 3, 4, 5, 4, 6, 7, List.of(new ShardStatus.SizeClass(64, 2, 1)), 8, 9, 10, 11, 12, 13)));
    }
}
