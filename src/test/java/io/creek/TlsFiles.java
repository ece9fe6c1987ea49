package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority and certificates of it, in a directory of their own, and a copy of one of them where a node looks for its own. */
record TlsFiles(Path directory) {

    static TlsFiles make(Path directory, String... names) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of("src/main/launcher/certs").toAbsolutePath().toString(), "."));
        command.addAll(List.of(names));
        Files.createDirectories(directory);
        TlsFiles files = new TlsFiles(directory);
        files.run(command);
        return files;
    }

    private void run(List<String> command) throws Exception {
        Path output = Files.createTempFile("certs", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    Path authority() {
        return directory.resolve("ca.pem");
    }

    Path certificate(String name) {
        return directory.resolve(name + ".pem");
    }

    Path key(String name) {
        return directory.resolve(name + ".key");
    }

    /** Has the certificate of that name, whose key stays, be one that expired yesterday. */
    void expire(String name) throws Exception {
        run(List.of("openssl", "req", "-new", "-key", name + ".key", "-subj", "/CN=" + name, "-out", name + ".csr"));
        run(List.of(
                "openssl",
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-days",
                "-1",
                "-out",
                name + ".pem"));
    }

    /** Puts certificate and key of that name where a node looks for its own, as Kubernetes swaps a Secret: both at once. */
    Path mount(String where, String name) throws IOException {
        Path mount = Files.createDirectories(directory.resolve(where));
        Path version = Files.createTempDirectory(mount, "..version");
        Files.copy(certificate(name), version.resolve("tls.crt"));
        Files.copy(key(name), version.resolve("tls.key"));
        Path link = Files.createSymbolicLink(mount.resolve("..next"), version.getFileName());
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return mount.resolve("..data");
    }
}
