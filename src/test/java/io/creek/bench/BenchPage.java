package io.creek.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with a place for what each part left, between {@code <!-- bench part -->} and {@code <!-- end -->}, and plots in {@code figures} beside it. */
final class BenchPage {
    private static final Pattern PLACE = Pattern.compile("<!-- bench (\\S+) -->\n(?s:.*?)<!-- end -->");
    private static final Pattern PLOT = Pattern.compile("\\]\\((\\S+\\.svg)\\)");
    private static final String FIGURES = "figures";

    private final Path page;

    BenchPage(Path page) {
        this.page = page;
    }

    /** What is not in the directory stays in the page as it is. */
    void paste(Path directory) throws IOException {
        String text = Files.readString(page);
        StringBuilder pasted = new StringBuilder();
        int copied = 0;
        Matcher place = PLACE.matcher(text);
        while (place.find()) {
            Path report = directory.resolve(place.group(1) + ".md");
            pasted.append(text, copied, place.start());
            pasted.append(Files.exists(report) ? section(place.group(1), report) : place.group());
            copied = place.end();
        }
        Files.writeString(page, pasted.append(text.substring(copied)));
    }

    private String section(String part, Path report) throws IOException {
        String text = Files.readString(report).strip();
        List<String> plots =
                PLOT.matcher(text).results().map(found -> found.group(1)).toList();
        Path figures = page.resolveSibling(FIGURES);
        for (String plot : plots) {
            Files.createDirectories(figures);
            Files.copy(report.resolveSibling(plot), figures.resolve(plot), StandardCopyOption.REPLACE_EXISTING);
        }
        String linked = PLOT.matcher(text)
                .replaceAll(
                        (MatchResult found) -> Matcher.quoteReplacement("](" + FIGURES + "/" + found.group(1) + ")"));
        return "<!-- bench " + part + " -->\n" + linked + "\n<!-- end -->";
    }
}
