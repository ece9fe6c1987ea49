package io.creek;

import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A conversation with a server, as the files in {@code conformance/} tell it; {@code conformance/README.txt} says how they are read.
 *
 * @param since the first Redis of which it is true; empty when it is true of Creek alone
 * @param redisOnly Creek is known to answer otherwise
 * @param protocol 2 or 3 when it is true of only one
 */
record ConformanceCase(
        String file,
        int line,
        String title,
        Optional<String> since,
        boolean redisOnly,
        Optional<Integer> protocol,
        List<Step> steps) {

    /**
     * What is sent at once, and the replies.
     *
     * @param command its words; empty when it is not sent as a command of RESP
     * @param raw what is sent instead, quoted
     * @param repeated until the reply is the expected one
     */
    record Step(int line, List<byte[]> command, String raw, boolean repeated, List<String> replies) {
        byte[] sent() {
            return command.isEmpty()
                    ? ConformanceText.words(raw).get(0)
                    : RespClient.multibulk(command.toArray(byte[][]::new));
        }
    }

    private static final String TITLE = "== ";
    private static final String COMMAND = "> ";
    private static final String REPEATED = "until ";
    private static final String RAW = "raw ";

    static List<ConformanceCase> read(Path file) throws IOException {
        List<ConformanceCase> cases = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith(TITLE)) {
                cases.add(titled(file.getFileName().toString(), i + 1, line.substring(TITLE.length())));
                continue;
            }
            if (cases.isEmpty()) {
                throw new IllegalArgumentException(file + ":" + (i + 1) + ": expected a title first, actual " + line);
            }
            List<Step> steps = cases.get(cases.size() - 1).steps;
            if (line.startsWith(COMMAND)) {
                steps.add(command(i + 1, line.substring(COMMAND.length()), false));
            } else if (line.startsWith(REPEATED)) {
                steps.add(command(i + 1, line.substring(REPEATED.length()), true));
            } else if (line.startsWith(RAW)) {
                steps.add(new Step(i + 1, List.of(), line.substring(RAW.length()), false, new ArrayList<>()));
            } else {
                steps.get(steps.size() - 1).replies.add(line);
            }
        }
        return cases;
    }

    private static ConformanceCase titled(String file, int line, String text) {
        int colon = text.indexOf(": ");
        Optional<String> since = Optional.empty();
        Optional<Integer> protocol = Optional.empty();
        boolean redisOnly = false;
        String[] marks = text.substring(0, colon).split(" ");
        for (int i = 0; i < marks.length; i++) {
            switch (marks[i]) {
                case "since" -> since = Optional.of(marks[++i]);
                case "resp2" -> protocol = Optional.of(2);
                case "resp3" -> protocol = Optional.of(3);
                case "redis" -> redisOnly = true;
                case "creek" -> {}
                default -> throw new IllegalArgumentException(file + ":" + line + ": unknown mark " + marks[i]);
            }
        }
        return new ConformanceCase(
                file, line, text.substring(colon + 2), since, redisOnly, protocol, new ArrayList<>());
    }

    private static Step command(int line, String text, boolean repeated) {
        return new Step(line, ConformanceText.words(text), "", repeated, new ArrayList<>());
    }
}
