package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code /metrics} said at one moment.
 *
 * @param families the values of each family by name and labels, as they stand there
 */
record MetricsScrape(Map<String, Map<String, Double>> families) {
    private static final String TYPE = "# TYPE ";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static MetricsScrape of(int port) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return parse(response.body());
    }

    private static MetricsScrape parse(String text) {
        Map<String, Map<String, Double>> families = new TreeMap<>();
        Map<String, Double> family = new TreeMap<>();
        for (String line : text.split("\n")) {
            if (line.startsWith(TYPE)) {
                family = new TreeMap<>();
                families.put(line.substring(TYPE.length(), line.lastIndexOf(' ')), family);
            } else if (!line.startsWith("#")) {
                int space = line.lastIndexOf(' ');
                family.put(
                        line.substring(0, space),
                        Double.valueOf(line.substring(space + 1).replace("Inf", "Infinity")));
            }
        }
        return new MetricsScrape(families);
    }

    Map<String, Double> family(String name) {
        return families.getOrDefault(name, Map.of());
    }

    /** Over all labels; of a histogram or a summary, how often something was counted. */
    double sum(String name) {
        String counted = name + "_count";
        boolean counts = family(name).keySet().stream().anyMatch(row -> row.startsWith(counted));
        return family(name).entrySet().stream()
                .filter(row -> !counts || row.getKey().startsWith(counted))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
