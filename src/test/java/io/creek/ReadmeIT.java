package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's tour, typed word for word, against the port of a server made for it. */
class ReadmeIT {
    @TempDir
    private Path directory;

    private record Typed(String command, StringBuilder printed) {}

    @Test
    void theTourPrintsWhatItShows() throws Exception {
        for (String tool : List.of("redis-cli", "nc")) {
            assumeTrue(run("command -v " + tool).length() > 0, tool + " is not installed");
        }
        List<Typed> tour = tour();
        assertThat(tour).hasSizeGreaterThan(7);
        int port = ServerProcess.freePort();
        try (ServerProcess creek = ServerProcess.start(directory, Map.of(), "-port", String.valueOf(port))) {
            creek.awaitListening(port);
            for (Typed typed : tour) {
                assertThat(run(typed.command.replace("8080", String.valueOf(port))))
                        .as(typed.command)
                        .isEqualTo(typed.printed.toString());
            }
        }
    }

    private static List<Typed> tour() throws IOException {
        List<Typed> tour = new ArrayList<>();
        boolean inBlock = false;
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            if (line.startsWith("```")) {
                inBlock = line.equals("```console");
            } else if (inBlock && line.startsWith("$ ")) {
                tour.add(new Typed(line.substring(2), new StringBuilder()));
            } else if (inBlock) {
                tour.get(tour.size() - 1).printed.append(line).append('\n');
            }
        }
        tour.removeIf(typed -> typed.command.startsWith("make") || typed.command.startsWith("nc "));
        return tour;
    }

    private String run(String command) throws Exception {
        Path out = Files.createTempFile(directory, "out", ".txt");
        Process process = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(command).isTrue();
        return Files.readString(out);
    }
}
