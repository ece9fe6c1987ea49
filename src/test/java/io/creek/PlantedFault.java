package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A copy of a source file with a fault planted in it, compiled, to be put before the jar on a class path. */
final class PlantedFault {
    private PlantedFault() {}

    /**
     * @param into directory for the classes; made here
     * @param right what the source says, exactly once
     * @param wrong what it is to say instead
     */
    static Path compile(Path into, Path source, String right, String wrong) throws IOException {
        String text = Files.readString(source);
        assertThat(text.split(Pattern.quote(right), -1))
                .as("%s must say once:%n%s", source, right)
                .hasSize(2);
        Path classes = Files.createDirectories(into);
        Path copy = classes.resolve(Objects.requireNonNull(source.getFileName()));
        Files.writeString(copy, text.replace(right, wrong));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int failed = compiler.run(
                null,
                null,
                null,
                "-proc:none",
                "-nowarn",
                "-cp",
                System.getProperty("creek.fatJar"),
                "-d",
                classes.toString(),
                copy.toString());
        assertThat(failed).isZero();
        return classes;
    }
}
