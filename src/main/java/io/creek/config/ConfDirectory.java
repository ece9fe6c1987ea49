package io.creek.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory as Kubernetes mounts a ConfigMap: a file a key, its content the value, or whole files of settings, called {@code
 * something.conf}. Stateless; blocks.
 *
 * <p>Kubernetes keeps the files of one version in a directory of their own, behind the link {@code ..data}, and replaces that link for the
 * next version. So the link is followed once, and all files are of one version; when that one was removed meanwhile, the new one is read.
 * Whose name begins with a dot is no setting.
 */
final class ConfDirectory {
    private static final String DATA_LINK = "..data";
    private static final String CONF_SUFFIX = ".conf";
    private static final int FILES_MAX = 1_000;
    private static final int ATTEMPTS_MAX = 3;

    private ConfDirectory() {}

    /** What the files say, each assignment's place its file. */
    static Layer read(String name, String namedBy) {
        try {
            Path directory = Path.of(name);
            if (!Files.exists(directory)) {
                return Layer.problem(Assignment.at(name, "no such directory (named by " + namedBy + ")"));
            }
            if (!Files.isDirectory(directory)) {
                return Layer.problem(
                        Assignment.at(name, "expected a directory, actual a file (named by " + namedBy + ")"));
            }
            for (int attempt = 1; ; attempt++) {
                try {
                    return readVersion(name, directory);
                } catch (NoSuchFileException removed) {
                    if (attempt == ATTEMPTS_MAX) {
                        throw removed;
                    }
                }
            }
        } catch (InvalidPathException | IOException e) {
            return Layer.problem(Assignment.at(name, "not readable: " + e + " (named by " + namedBy + ")"));
        }
    }

    private static Layer readVersion(String name, Path directory) throws IOException {
        Path link = directory.resolve(DATA_LINK);
        Path version = Files.exists(link) ? link.toRealPath() : directory;
        List<Path> files;
        try (Stream<Path> all = Files.list(version)) {
            files = all.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .limit(FILES_MAX + 1L)
                    .toList();
        }
        if (files.size() > FILES_MAX) {
            return Layer.problem(Assignment.at(name, "expected at most " + FILES_MAX + " files"));
        }
        List<Assignment> assignments = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            Layer layer = readFile(directory.resolve(file.getFileName()).toString(), file);
            assignments.addAll(layer.assignments());
            problems.addAll(layer.problems());
        }
        return new Layer(assignments, problems);
    }

    private static Layer readFile(String place, Path file) throws IOException {
        if (Files.isDirectory(file)) {
            return Layer.problem(Assignment.at(place, "expected a file, actual a directory"));
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return Layer.problem(Assignment.at(place, "expected a file, actual a device or a pipe"));
        }
        long bytesThere = Files.size(file);
        if (bytesThere > ConfigSources.FILE_BYTES_MAX) {
            return Layer.problem(Assignment.at(
                    place,
                    "expected at most " + Values.sizeText(ConfigSources.FILE_BYTES_MAX) + ", actual " + bytesThere
                            + " bytes"));
        }
        byte[] bytes = Files.readAllBytes(file);
        if (place.endsWith(CONF_SUFFIX)) {
            return ConfText.parse(place, bytes);
        }
        String text = ConfText.decode(bytes);
        if (text == null) {
            return Layer.problem(Assignment.at(place, "expected UTF-8"));
        }
        String key = file.getFileName().toString();
        return new Layer(List.of(new Assignment(key, text.strip(), place)), List.of());
    }
}
