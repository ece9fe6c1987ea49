package io.creek.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where and when a figure came from, in a sentence. */
final class BenchMachine {
    private static final double KIB_PER_GIB = 1 << 20;

    private BenchMachine() {}

    static String description() {
        return String.format(
                Locale.ROOT,
                "%s, %d processors (%s), which the load shares, %.0f GiB, Linux %s, Java %s, Redis %s.",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                found("model name\\s*: (.*)", file("/proc/cpuinfo")),
                Double.parseDouble("0" + found("MemTotal: *([0-9]+)", file("/proc/meminfo"))) / KIB_PER_GIB,
                System.getProperty("os.version"),
                System.getProperty("java.version"),
                found("v=(\\S+)", output("redis-server", "--version")));
    }

    /** The first group, or nothing. */
    private static String found(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        return matcher.find() ? matcher.group(1).strip() : "";
    }

    private static String file(String name) {
        try {
            return Files.readString(Path.of(name));
        } catch (IOException absent) {
            return "";
        }
    }

    private static String output(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException absent) {
            return "";
        }
    }
}
