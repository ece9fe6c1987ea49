package io.creek;

import io.creek.protocol.RespClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a GET takes while 1000 clients guess a password at once, on a node of its own: {@code PasswordFloodMain [SECONDS [CLIENTS [ROUNDS]]]}. */
final class PasswordFloodMain {
    private PasswordFloodMain() {}

    private static double median(List<PasswordFlood> floods, ToDoubleFunction<PasswordFlood> figure) {
        double[] sorted = floods.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        int clients = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
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
            System.out.printf("%d clients, pid %d%n", clients, node.pid());
            List<PasswordFlood> floods = PasswordFlood.run(port, "app", "secret", clients, seconds, rounds);
            floods.forEach(flood -> System.out.print(flood.summary()));
            System.out.printf(
                    "median p99: %.2f ms before, %.2f ms during%n",
                    median(floods, PasswordFlood::p99MillisBefore), median(floods, PasswordFlood::p99MillisDuring));
        }
    }
}
