package io.creek;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Many cases of {@link HostileInput}: {@code HostileInputMain directory cases}. Goes on where an earlier run was ended. */
final class HostileInputMain {
    private static final int BATCH = 1_000;

    private HostileInputMain() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        long wanted = Long.parseLong(arguments[1]);
        Path progress = directory.resolve("hostile-cases.txt");
        long played = Files.exists(progress)
                ? Long.parseLong(Files.readString(progress).strip())
                : 0;
        int port = ServerProcess.freePort();
        try (ServerProcess node =
                ServerProcess.start(directory, Map.of(), "-port", "" + port).awaitListening(port)) {
            long before = HostileInputIT.residentBytes(node.pid());
            while (played < wanted) {
                long until = Math.min(wanted, played + BATCH);
                for (; played < until; played++) {
                    HostileInput.play(port, played);
                }
                Files.writeString(progress, played + "\n");
                System.out.printf(
                        "%d cases, resident memory %+d MiB%n",
                        played, (HostileInputIT.residentBytes(node.pid()) - before) >> 20);
            }
        }
    }
}
