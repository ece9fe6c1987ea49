package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The prompt of {@code creek cli} and the bar of {@code creek bench}, on a terminal: one of tmux. */
class PromptIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final CreekNode NODE = new CreekNode();

    @TempDir
    private Path directory;

    private boolean started;

    @BeforeEach
    void needTmux() throws Exception {
        boolean found = new ProcessBuilder("sh", "-c", "command -v tmux > /dev/null")
                        .start()
                        .waitFor()
                == 0;
        assumeTrue(found, "tmux is not installed");
    }

    @AfterEach
    void stop() throws Exception {
        if (started) {
            tmux("kill-server");
        }
    }

    private String tmux(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("tmux", "-S", directory.resolve("tmux").toString(), "-f", "/dev/null", "-u"));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("tmux.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(Map.of("HOME", directory.toString(), "LC_ALL", "C.UTF-8"));
        builder.environment().remove("TMUX");
        Process process = builder.start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(command.toString()).isTrue();
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    /** Opens a terminal in which this runs, with a shell behind it that stays. */
    private void run(int port, String arguments) throws Exception {
        tmux(
                "new-session",
                "-d",
                "-x",
                "120",
                "-y",
                "40",
                "HOME='" + directory + "' '" + CliIT.launcher() + "' " + arguments + " -p " + port
                        + "; echo ended $?; sleep 600");
        started = true;
    }

    private void type(String... keys) throws Exception {
        List<String> command = new ArrayList<>(List.of("send-keys", "--"));
        command.addAll(List.of(keys));
        tmux(command.toArray(String[]::new));
    }

    /** The screen is told without the spaces that end a line. */
    private void awaitScreen(String... texts) {
        Awaitility.await(String.join(", ", texts))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tmux("capture-pane", "-p")).contains(texts));
    }

    private String prompt() {
        return "localhost:" + NODE.port() + ">";
    }

    @Test
    void linesAreCompletedHintedAndRemembered() throws Exception {
        run(NODE.port(), "cli");
        awaitScreen(prompt());
        type("persi", "Tab");
        awaitScreen(prompt() + " persist", "key");
        type("C-u", "SET user");
        awaitScreen(prompt() + " SET user value [NX|XX] [GET] [EX seconds");
        type(" \"two words\"", "Enter");
        awaitScreen("\nOK\n");
        type("GET user", "Enter");
        awaitScreen("\n\"two words\"\n");
        type("MGET user nobody", "Enter");
        awaitScreen("1) \"two words\"\n2) (nil)\n");
        type("client lis", "Tab");
        awaitScreen(prompt() + " client list");
        type("C-u", "Up", "Up");
        awaitScreen(prompt() + " GET user\n");
        type("C-u", "FOO", "Enter");
        awaitScreen("(error) ERR unknown command 'FOO'");
        type("AUTH secret", "Enter");
        awaitScreen("(error) ERR AUTH");
        type("C-d");
        awaitScreen("ended 0");
        assertThat(directory.resolve(".creek_history"))
                .content()
                .contains("GET user", "SET user", "FOO")
                .doesNotContain("secret");
    }

    @Test
    void whatWasTypedBeforeIsThereTheNextTime() throws Exception {
        Files.writeString(directory.resolve(".creek_history"), "SET left behind\n");
        run(NODE.port(), "cli");
        awaitScreen(prompt());
        type("Up");
        awaitScreen(prompt() + " SET left behind");
    }

    @Test
    void monitorEndsByCtrlCAndTheNextCommandConnectsAgain() throws Exception {
        run(NODE.port(), "cli");
        awaitScreen(prompt());
        type("MONITOR", "Enter");
        awaitScreen("\nOK\n");
        tmux("split-window", "-d", "'" + CliIT.launcher() + "' cli -p " + NODE.port() + " SET seen 1");
        awaitScreen("\"SET\" \"seen\" \"1\"");
        type("C-c");
        awaitScreen("interrupted", "not connected>");
        type("GET seen", "Enter");
        awaitScreen("connected again to localhost:" + NODE.port(), "\"1\"");
    }

    @Test
    void aNodeThatComesBackIsConnectedToAgain() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerProcess creek = ServerProcess.start(directory, Map.of(), "-port", "" + port)) {
            creek.awaitListening(port);
            run(port, "cli");
            awaitScreen("localhost:" + port + ">");
            type("SET kept 1", "Enter");
            awaitScreen("\nOK\n");
            creek.terminate();
            assertThat(creek.awaitExit()).isZero();
        }
        type("GET kept", "Enter");
        awaitScreen("creek: localhost:" + port + ": ", "not connected>");
        try (ServerProcess creek = ServerProcess.start(directory, Map.of(), "-port", "" + port)) {
            creek.awaitListening(port);
            type("GET kept", "Enter");
            awaitScreen("connected again to localhost:" + port, "\"1\"");
        }
    }

    @Test
    void benchShowsABar() throws Exception {
        run(NODE.port(), "bench --rate 200 --seconds 4 --warmup 0 --connections 2");
        awaitScreen("[=====", "operations/s  p99");
        awaitScreen("throughput", "p99.99", "ended 0");
    }
}
