package io.creek;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a GET takes while 1000 clients guess a password at once, on a node of its own: {@code PasswordFloodMain [SECONDS [CLIENTS]]}. */
final class PasswordFloodMain {
    private PasswordFloodMain() {}

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        int clients = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000;
        Path directory = Files.createTempDirectory("creek");
        int port = ServerProcess.freePort();
        List<String> command = List.of(
                Path.of("target/creek").toAbsolutePath().toString(),
                "-port",
                "" + port,
                "-data_store_directory",
                directory.resolve("data").toString());
        try (ServerProcess node =
                ServerProcess.start(directory, Map.of(), command).awaitListening(port)) {
            try (RespClient admin = RespClient.connect(port)) {
                admin.call("ACL", "SETUSER", "app", "on", ">secret", "allkeys", "+@all");
                admin.call("SET", "key:1", "v".repeat(64));
            }
            System.out.print(PasswordFlood.run(port, "app", clients, seconds).summary());
            System.out.printf("%d clients, pid %d%n", clients, node.pid());
        }
    }
}
