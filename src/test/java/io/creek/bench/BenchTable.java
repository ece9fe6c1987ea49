package io.creek.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Figures of several servers under several conditions; one that was measured more than once is shown as its median. One thread. */
final class BenchTable {
    private record Row(String condition, String server) {}

    private final String conditions;
    private final Set<String> figures = new LinkedHashSet<>();
    private final Map<Row, Map<String, List<Double>>> rows = new LinkedHashMap<>();

    /** @param conditions what the first column says */
    BenchTable(String conditions) {
        this.conditions = conditions;
    }

    /** Keeps one more measurement, and says so on standard output. */
    void add(String condition, String server, Map<String, Double> measured) {
        Map<String, List<Double>> row = rows.computeIfAbsent(new Row(condition, server), of -> new LinkedHashMap<>());
        StringBuilder said = new StringBuilder(condition + ", " + server + ":");
        measured.forEach((figure, value) -> {
            figures.add(figure);
            row.computeIfAbsent(figure, of -> new ArrayList<>()).add(value);
            said.append("  ").append(figure).append(' ').append(text(value));
        });
        System.out.println(said);
    }

    /** NaN when it was not measured. */
    double median(String condition, String server, String figure) {
        List<Double> values =
                rows.getOrDefault(new Row(condition, server), Map.of()).getOrDefault(figure, List.of());
        return values.isEmpty() ? Double.NaN : BenchResult.middle(values);
    }

    /**
     * Leaves {@code name.md} and {@code name.csv}.
     *
     * @param method how it was measured
     * @param plots files beside them
     */
    void write(Path directory, String name, String method, String... plots) throws IOException {
        StringBuilder text = new StringBuilder(method + "\n\n" + markdown());
        for (String plot : plots) {
            text.append("\n![")
                    .append(plot.replace(".svg", ""))
                    .append("](")
                    .append(plot)
                    .append(")\n");
        }
        Files.writeString(directory.resolve(name + ".md"), text);
        Files.writeString(directory.resolve(name + ".csv"), csv());
    }

    String markdown() {
        StringBuilder text = new StringBuilder("| " + conditions + " | server |");
        figures.forEach(figure -> text.append(' ').append(figure).append(" |"));
        text.append("\n|---|---|").append("---|".repeat(figures.size())).append('\n');
        for (Row row : rows.keySet()) {
            text.append("| " + row.condition + " | " + row.server + " |");
            figures.forEach(figure -> text.append(' ')
                    .append(text(median(row.condition, row.server, figure)))
                    .append(" |"));
            text.append('\n');
        }
        return text.toString();
    }

    String csv() {
        StringBuilder text = new StringBuilder(quoted(conditions) + ",server");
        figures.forEach(figure -> text.append(',').append(quoted(figure)));
        text.append('\n');
        for (Row row : rows.keySet()) {
            text.append(quoted(row.condition)).append(',').append(quoted(row.server));
            for (String figure : figures) {
                double value = median(row.condition, row.server, figure);
                text.append(',').append(Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return text.indexOf(',') < 0 ? text : '"' + text + '"';
    }

    /** As many digits as anybody reads. */
    private static String text(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
