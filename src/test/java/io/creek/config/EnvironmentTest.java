package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

    @Test
    void prefixedNamesAndPeerNodesAreKeys() {
        Layer layer = new Environment(
                        Map.of("CREEK_LOG_LEVEL", "debug ", "PEER_NODES", "a:1", "PATH", "/bin", "FSYNC", "no"))
                .layer();

        assertThat(layer.problems()).isEmpty();
        assertThat(layer.assignments())
                .containsExactly(
                        new Assignment("log_level", "debug", "environment CREEK_LOG_LEVEL"),
                        new Assignment("peer_nodes", "a:1", "environment PEER_NODES"));
    }

    /** As Kubernetes sets them for services named creek, creek-client and creek-service. */
    @ParameterizedTest
    @CsvSource({
        "CREEK_SERVICE_HOST, 10.0.0.1",
        "CREEK_SERVICE_PORT, 8080",
        "CREEK_SERVICE_PORT_CLIENT, 8080",
        "CREEK_PORT, tcp://10.0.0.1:8080",
        "CREEK_PORT_8080_TCP, tcp://10.0.0.1:8080",
        "CREEK_PORT_8080_TCP_PROTO, tcp",
        "CREEK_PORT_8080_TCP_PORT, 8080",
        "CREEK_PORT_8080_TCP_ADDR, 10.0.0.1",
        "CREEK_CLIENT_SERVICE_HOST, 10.0.0.1",
        "CREEK_CLIENT_SERVICE_PORT_RESP, 8080",
        "CREEK_CLIENT_PORT, udp://10.0.0.1:8080",
        "CREEK_CLIENT_PORT_53_UDP_ADDR, 10.0.0.1",
        "CREEK_SERVICE_SERVICE_HOST, 10.0.0.1",
        "CREEK_SERVICE_PORT, tcp://10.0.0.1:8080",
        "CREEK_CONF_FILE, /etc/creek.conf",
        "CREEK_CONF_SOMETHING, 1",
        "CREEK_JAVA_OPTS, -Xmx1g",
        "CREEK_PASSWORD, secret",
        "CREEK_FROM_PASSWORD, secret",
    })
    void variablesOfOthersAreNoKeys(String name, String value) {
        assertThat(new Environment(Map.of(name, value)).layer().assignments()).isEmpty();
    }

    @Test
    void portThatIsNoUrlIsAKey() {
        assertThat(new Environment(Map.of("CREEK_PORT", "8081")).layer().assignments())
                .containsExactly(new Assignment("port", "8081", "environment CREEK_PORT"));
    }

    @Test
    void theConfigurationDirectoryIsNoKey() {
        Environment environment = new Environment(Map.of("CREEK_CONF_DIR", "/etc/creek"));

        assertThat(environment.confDirectory()).contains("/etc/creek");
        assertThat(environment.layer().assignments()).isEmpty();
    }
}
