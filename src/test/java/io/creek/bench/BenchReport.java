package io.creek.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The medians of all lines, as a Markdown table, a CSV file and an SVG plot. */
final class BenchReport {
    private static final int BAR_WIDTH = 400;
    private static final int ROW_HEIGHT = 18;
    private static final int LABEL_WIDTH = 220;
    /** The plot's right end, as Creek's operations by those of Redis. */
    private static final double RATIO_MAX = 3;

    private static final List<String> WITH_DEADLINE = List.of("SETEX", "EXPIRE");

    /** @param creek and {@code redis}: medians of the rounds */
    record Row(BenchLine line, BenchResult creek, BenchResult redis) {
        double ratio() {
            return creek.operations() / redis.operations();
        }
    }

    private final List<Row> rows;
    private final String method;

    /** @param method how it was measured, in a sentence or two */
    BenchReport(List<Row> rows, String method) {
        this.rows = rows;
        this.method = method;
    }

    /** Leaves {@code name.md}, {@code .csv} and {@code .svg}. */
    void write(Path directory, String name) throws IOException {
        String plot = name + ".svg";
        Files.writeString(directory.resolve(name + ".md"), markdown() + "\n![" + name + "](" + plot + ")\n");
        Files.writeString(directory.resolve(name + ".csv"), csv());
        Files.writeString(directory.resolve(plot), svg());
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(method)
                .append(
                        "\n\n| line | Creek op/s | Redis op/s | ratio | p50 ms | p99 ms | p99.9 ms | CPU s per M | resident MiB |\n")
                .append("|---|---|---|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %,.0f | **%.2f** | %.2f / %.2f | %.2f / %.2f | %.2f / %.2f | %.2f / %.2f | %.0f / %.0f |%n",
                    row.line.title(),
                    row.creek.operations(),
                    row.redis.operations(),
                    row.ratio(),
                    row.creek.p50(),
                    row.redis.p50(),
                    row.creek.p99(),
                    row.redis.p99(),
                    row.creek.p999(),
                    row.redis.p999(),
                    row.creek.cpuSeconds(),
                    row.redis.cpuSeconds(),
                    row.creek.residentMib(),
                    row.redis.residentMib()));
        }
        text.append("\nBeside each other: Creek / Redis.\n\n");
        return text.append(besideSet()).toString();
    }

    /** What a deadline costs, by the operations of a SET without one. */
    private String besideSet() {
        StringBuilder text = new StringBuilder("| by SET | Creek | Redis |\n|---|---|---|\n");
        for (Row row : rows) {
            if (WITH_DEADLINE.contains(row.line.name())) {
                Row set = rows.stream()
                        .filter(other -> other.line.name().equals("SET")
                                && other.line.keys() == row.line.keys()
                                && other.line.pipeline() == row.line.pipeline())
                        .findFirst()
                        .orElseThrow();
                text.append(String.format(
                        Locale.ROOT,
                        "| %s | %.2f | %.2f |%n",
                        row.line.title(),
                        row.creek.operations() / set.creek.operations(),
                        row.redis.operations() / set.redis.operations()));
            }
        }
        return text.toString();
    }

    private String csv() {
        StringBuilder text = new StringBuilder(
                "command,keys,pipeline,server,operations_per_second,p50_ms,p99_ms,p999_ms,cpu_seconds_per_million,resident_mib\n");
        for (Row row : rows) {
            text.append(csv(row.line, "creek", row.creek)).append(csv(row.line, "redis", row.redis));
        }
        return text.toString();
    }

    private static String csv(BenchLine line, String server, BenchResult result) {
        return String.format(
                Locale.ROOT,
                "%s,%d,%d,%s,%.0f,%.3f,%.3f,%.3f,%.3f,%.1f%n",
                line.name(),
                line.keys(),
                line.pipeline(),
                server,
                result.operations(),
                result.p50(),
                result.p99(),
                result.p999(),
                result.cpuSeconds(),
                result.residentMib());
    }

    /** A bar per line: Creek's operations by those of Redis, which is the line in the middle. */
    private String svg() {
        int height = ROW_HEIGHT * (rows.size() + 2);
        int width = LABEL_WIDTH + BAR_WIDTH + 60;
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n"
                        + "<text x=\"4\" y=\"13\">operations a second, Creek by Redis</text>%n",
                width,
                height,
                width,
                height));
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            int y = ROW_HEIGHT * (i + 1);
            text.append(String.format(
                    Locale.ROOT,
                    "<text x=\"4\" y=\"%d\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" fill=\"%s\"/>"
                            + "<text x=\"%.0f\" y=\"%d\">%.2f</text>%n",
                    y + 13,
                    row.line.title(),
                    LABEL_WIDTH,
                    y + 3,
                    x(row.ratio()),
                    ROW_HEIGHT - 6,
                    row.ratio() >= 1 ? "#2a7f62" : "#c8553d",
                    LABEL_WIDTH + x(row.ratio()) + 4,
                    y + 13,
                    row.ratio()));
        }
        return text.append(String.format(
                        Locale.ROOT,
                        "<line x1=\"%.0f\" y1=\"%d\" x2=\"%.0f\" y2=\"%d\" stroke=\"black\" stroke-dasharray=\"3\"/>%n</svg>%n",
                        LABEL_WIDTH + x(1),
                        ROW_HEIGHT,
                        LABEL_WIDTH + x(1),
                        height - ROW_HEIGHT))
                .toString();
    }

    private static double x(double ratio) {
        return Math.min(ratio, RATIO_MAX) / RATIO_MAX * BAR_WIDTH;
    }
}
