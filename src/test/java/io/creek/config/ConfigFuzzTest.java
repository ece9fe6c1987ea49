package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.FuzzCorpus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Any file, environment and flags: a start is refused with problems that an operator can read in lines, or it has a configuration, and that is
 * the same by the way on which the main verticle gets it.
 */
final class ConfigFuzzTest {
    private static final Machine MACHINE = new Machine(4, 1L << 30, 1L << 30);

    /** No byte of UTF-8. */
    private static final byte BETWEEN_SOURCES = (byte) 0xff;

    /** @param input a file, JSON when it begins with a brace, then lines of NAME=value, then lines of flags */
    public static void fuzzerTestOneInput(byte[] input) {
        List<byte[]> sources = sources(input);
        byte[] file = sources.get(0);
        boolean isJson = file.length > 0 && file[0] == '{';
        CommandLine commandLine = CommandLine.parse(lines(sources.get(2)));
        List<Layer> layers = List.of(
                isJson ? ConfJson.parse("creek.json", file) : ConfText.parse("creek.conf", file),
                new Environment(variables(sources.get(1))).layer(),
                commandLine.layer());
        LayeredSettings layered = new LayeredSettings();
        for (Layer layer : layers) {
            assertThat(Layer.fromJson(layer.toJson())).isEqualTo(layer);
            layered.lay(layer);
        }
        RawSettings raw = layered.settings();
        CreekConfig config;
        try {
            config = CreekConfig.of(raw, MACHINE);
        } catch (StartupException e) {
            assertThat(e.exitCode()).isEqualTo(StartupException.CONFIGURATION);
            assertThat(e.problems()).isNotEmpty().allSatisfy(ConfigFuzzTest::assertReadable);
            return;
        }
        assertThat(raw.problems()).isEmpty();
        assertThat(CreekConfig.of(RawSettings.of(raw.toJson()), MACHINE)).isEqualTo(config);
        for (Setting<?> setting : Setting.all()) {
            config.decided(setting).ifPresent(decided -> assertThat(setting.accepts(decided))
                    .as("%s = %s", setting.key(), decided)
                    .isTrue());
        }
    }

    /** A terminal must not obey it, and a log not be filled by it. */
    private static void assertReadable(String problem) {
        assertThat(problem).isNotBlank().hasSizeLessThan(2_000);
        assertThat(problem.chars().noneMatch(Character::isISOControl))
                .as(problem)
                .isTrue();
    }

    private static List<byte[]> sources(byte[] input) {
        List<byte[]> sources = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= input.length && sources.size() < 3; i++) {
            if (i == input.length || (input[i] == BETWEEN_SOURCES && sources.size() < 2)) {
                sources.add(Arrays.copyOfRange(input, from, i));
                from = i + 1;
            }
        }
        while (sources.size() < 3) {
            sources.add(new byte[0]);
        }
        return sources;
    }

    private static String[] lines(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).lines().toArray(String[]::new);
    }

    private static Map<String, String> variables(byte[] bytes) {
        Map<String, String> variables = new HashMap<>();
        for (String line : lines(bytes)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                variables.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return variables;
    }

    @Test
    void keptInputsPass() {
        FuzzCorpus.play(ConfigFuzzTest.class, ConfigFuzzTest::fuzzerTestOneInput);
    }
}
