package io.creek.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Lines over a common x.
 *
 * @param x what that is
 * @param isLogarithmic whether x is; y never is, and begins at 0
 * @param series points, as x and y, in order of x; those whose y is NaN are left out
 */
record BenchPlot(String title, String x, boolean isLogarithmic, Map<String, List<double[]>> series) {
    private static final int WIDTH = 430;
    private static final int HEIGHT = 250;
    private static final int LEFT = 56;
    private static final int TOP = 44;
    private static final int BOTTOM = 34;
    private static final int RIGHT = 14;
    private static final int COLUMNS = 2;
    private static final int TICKS = 4;
    private static final List<String> COLOURS = List.of("#c8553d", "#2a7f62", "#7a7a7a");
    /** A server has the same colour in each plot, and so has the control. */
    private static final List<String> NAMES = List.of(BenchKind.REDIS.title(), BenchKind.CREEK.title(), "control");

    /** All of them in one picture, two beside each other. */
    static String svg(List<BenchPlot> plots) {
        int rows = (plots.size() + COLUMNS - 1) / COLUMNS;
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"white\"/>%n",
                WIDTH * COLUMNS,
                HEIGHT * rows));
        for (int i = 0; i < plots.size(); i++) {
            text.append(String.format(
                    Locale.ROOT,
                    "<g transform=\"translate(%d,%d)\">%n%s</g>%n",
                    i % COLUMNS * WIDTH,
                    i / COLUMNS * HEIGHT,
                    plots.get(i).panel()));
        }
        return text.append("</svg>\n").toString();
    }

    /** As 10k or 5M; what is no multiple has a digit behind the point. */
    static String compact(double value) {
        if (value >= 1e6) {
            return trimmed(value / 1e6) + "M";
        }
        return value >= 1e3 ? trimmed(value / 1e3) + "k" : trimmed(value);
    }

    private static String trimmed(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replace(".0", "");
    }

    private String panel() {
        double top = highest();
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "<text x=\"%d\" y=\"16\" font-weight=\"bold\">%s</text>%n", LEFT, title));
        for (int i = 0; i <= TICKS; i++) {
            double value = top * i / TICKS;
            text.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%3$.1f\" y2=\"%3$.1f\" stroke=\"#dddddd\"/>"
                            + "<text x=\"%4$d\" y=\"%5$.1f\" text-anchor=\"end\">%6$s</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y(value, top),
                    LEFT - 4,
                    y(value, top) + 4,
                    compact(value)));
        }
        xTicks(text);
        int legend = LEFT;
        for (Map.Entry<String, List<double[]>> line : series.entrySet()) {
            String colour = COLOURS.get(Math.max(0, NAMES.indexOf(line.getKey())));
            line(text, line.getValue(), colour, top);
            text.append(String.format(
                    Locale.ROOT, "<text x=\"%d\" y=\"32\" fill=\"%s\">%s</text>%n", legend, colour, line.getKey()));
            legend += 60;
        }
        return text.toString();
    }

    private void xTicks(StringBuilder text) {
        double[] at = isLogarithmic
                ? points().mapToDouble(point -> point[0]).distinct().toArray()
                : new double[] {least(), (least() + most()) / 2, most()};
        for (double value : at) {
            text.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(value),
                    HEIGHT - BOTTOM + 14,
                    compact(value)));
        }
        text.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", WIDTH - RIGHT, HEIGHT - 6, x));
    }

    private void line(StringBuilder text, List<double[]> points, String colour, double top) {
        text.append("<polyline fill=\"none\" stroke-width=\"1.5\" stroke=\"")
                .append(colour)
                .append("\" points=\"");
        for (double[] point : points) {
            if (!Double.isNaN(point[1])) {
                text.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point[0]), y(point[1], top)));
            }
        }
        text.append("\"/>\n");
    }

    private Stream<double[]> points() {
        return series.values().stream().flatMap(List::stream);
    }

    private double least() {
        return points().mapToDouble(point -> point[0]).min().orElse(0);
    }

    private double most() {
        return points().mapToDouble(point -> point[0]).max().orElse(1);
    }

    /** The least of 1, 2 and 5 and their tens that is above all. */
    private double highest() {
        double most = points().mapToDouble(point -> point[1])
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(1);
        double ten = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1e-3))));
        return most <= ten ? ten : most <= 2 * ten ? 2 * ten : most <= 5 * ten ? 5 * ten : 10 * ten;
    }

    private double x(double value) {
        double from = isLogarithmic ? Math.log(least()) : least();
        double to = isLogarithmic ? Math.log(most()) : most();
        double at = isLogarithmic ? Math.log(value) : value;
        return LEFT + (to == from ? 0.5 : (at - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    }
}
