package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.config.ClusterConfig.BusTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What {@code make certs} makes, in a directory of its own: an authority and certificates of it. */
record TestCertificates(Path directory) {

    static TestCertificates make(Path directory, String... nodes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("src/main/launcher/certs", directory.toString()));
        command.addAll(List.of(nodes));
        Path output = directory.resolveSibling(directory.getFileName() + ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(java.nio.file.Files.readString(output))
                .isZero();
        return new TestCertificates(directory);
    }

    Path authority() {
        return directory.resolve("ca.pem");
    }

    Path certificate(String node) {
        return directory.resolve(node + ".pem");
    }

    Path key(String node) {
        return directory.resolve(node + ".key");
    }

    BusTls tls(String node) {
        return new BusTls(certificate(node), key(node), authority());
    }
}
