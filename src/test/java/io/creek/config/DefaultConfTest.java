package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code conf/default.conf} is the operator's manual, the table of settings the code's: they say the same. */
class DefaultConfTest {

    private static final BuiltInSettings DOCUMENTED = BuiltInSettings.parse(file());

    private static byte[] file() {
        try {
            return Files.readAllBytes(Path.of("conf/default.conf"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static List<Setting<?>> settings() {
        return Setting.all();
    }

    @Test
    void jarCarriesTheFileAsItIs() throws IOException {
        try (var resource = BuiltInSettings.class.getResourceAsStream(BuiltInSettings.RESOURCE)) {
            assertThat(resource).isNotNull();
            assertThat(resource.readAllBytes()).isEqualTo(file());
        }
    }

    @Test
    void documentsEveryKeyAndNoOther() {
        assertThat(DOCUMENTED.keys())
                .containsExactlyElementsOf(
                        Setting.all().stream().map(Setting::key).toList());
    }

    @Test
    void repeatsNoKey() {
        Layer layer = ConfText.parse("conf/default.conf", file());

        assertThat(layer.problems()).isEmpty();
        assertThat(layer.assignments()).extracting(Assignment::key).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void saysTheMeaning(Setting<?> setting) {
        assertThat(setting.meaning()).as(setting.key()).hasSizeGreaterThan(10).endsWith(".");
        assertThat(setting.meaning()).isEqualTo(DOCUMENTED.meaning(setting));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void saysTheAllowedValues(Setting<?> setting) {
        assertThat(DOCUMENTED.fact(setting, "Allowed: ")).isEqualTo(setting.allowed());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void saysTheDefaultWhichIsAllowed(Setting<?> setting) {
        String value = DOCUMENTED.assignment(setting).value();

        assertThat(setting.accepts(value)).as(setting.key() + " = " + value).isTrue();
        if (value.isEmpty()) {
            assertThat(setting.defaultText()).as(setting.key()).isIn("none", "data/<port>");
        } else {
            assertThat(setting.defaultText()).as(setting.key()).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void saysWhenItChanges(Setting<?> setting) {
        assertThat(DOCUMENTED.fact(setting, "Changes: ")).as(setting.key()).isEqualTo(setting.changes());
    }

    @Test
    void saysNothingElseThanWhatTheDefaultsAre() {
        LayeredSettings layered = new LayeredSettings();
        layered.lay(ConfText.parse("conf/default.conf", file()));
        Machine machine = new Machine(2, 1L << 30, 1L << 30);

        assertThat(CreekConfig.of(layered.settings(), machine))
                .isEqualTo(CreekConfig.of(new LayeredSettings().settings(), machine));
    }
}
