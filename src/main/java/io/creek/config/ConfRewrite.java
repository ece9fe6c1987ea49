package io.creek.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Writes settings into a {@code key = value} file: over the line of the key, or at the end. Everything else stays as it is, comments
 * and the bytes of the other lines. The file is replaced as a whole, so that a crash leaves the old or the new one. Stateless; blocks.
 */
final class ConfRewrite {
    private ConfRewrite() {}

    /** @throws IOException when the file is of another format, or its directory cannot be written to */
    static void rewrite(Path file, Collection<Assignment> assignments) throws IOException {
        if (file.toString().endsWith(".json")) {
            throw new IOException(file + ": expected a file of key = value lines, actual JSON");
        }
        // Behind a symbolic link, as a mounted configuration often is, its target is what is to be replaced.
        Path target = file.toRealPath();
        String text = ConfText.decode(Files.readAllBytes(target));
        if (text == null) {
            throw new IOException(file + ": expected UTF-8");
        }
        String lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
        List<String> lines = new ArrayList<>(List.of(text.split("\r?\n", -1)));
        boolean endsInLineEnd = lines.get(lines.size() - 1).isEmpty();
        if (endsInLineEnd) {
            lines.remove(lines.size() - 1);
        }
        for (Assignment assignment : assignments) {
            String line = assignment.key() + " = " + assignment.value();
            int at = indexOf(assignment.key(), lines);
            if (at < 0) {
                lines.add(line);
            } else {
                lines.set(at, line);
            }
        }
        AtomicFile.replace(target, (String.join(lineEnd, lines) + lineEnd).getBytes(StandardCharsets.UTF_8));
    }

    private static int indexOf(String key, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            int equals = line.indexOf('=');
            if (!line.startsWith("#")
                    && equals > 0
                    && line.substring(0, equals).strip().equals(key)) {
                return i;
            }
        }
        return -1;
    }
}
