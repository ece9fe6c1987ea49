package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The inputs that are kept of each fuzz target, in {@code src/test/resources/fuzz} below its class' name: what a run starts from, and every
 * input that once failed, {@code crash-…}, {@code timeout-…} or {@code oom-…}. A target is a {@code …FuzzTest} with a method {@code
 * fuzzerTestOneInput}, which {@link FuzzRun} has Jazzer call with inputs that it makes; the test itself plays the kept ones. Stateless.
 */
public final class FuzzCorpus {
    private static final Path KEPT = Path.of("src/test/resources/fuzz");

    private FuzzCorpus() {}

    /** @param target the class' name */
    static Path directory(String target) {
        return KEPT.resolve(target.substring(target.lastIndexOf('.') + 1));
    }

    /** Plays every kept input of a target; a failure names the file. */
    public static void play(Class<?> target, Consumer<byte[]> play) {
        List<Path> inputs = inputs(target.getName());
        assertThat(inputs).isNotEmpty();
        for (Path input : inputs) {
            try {
                play.accept(Files.readAllBytes(input));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(input + ": " + e, e);
            }
        }
    }

    static List<Path> inputs(String target) {
        try (Stream<Path> files = Files.list(directory(target))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
