package io.creek.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jline.reader.impl.history.DefaultHistory;

/** What was typed at the prompt, but for lines with a password. One thread. */
final class PromptHistory extends DefaultHistory {
    private static final Pattern SECRET = Pattern.compile(
            "\\s*(auth\\b.*|hello\\b.*\\bauth\\b.*|config\\s+set\\b.*\\brequirepass\\b.*|acl\\s+setuser\\b.*)",
            Pattern.DOTALL);

    @Override
    public void add(Instant time, String line) {
        if (!isSecret(line)) {
            super.add(time, line);
        }
    }

    static boolean isSecret(String line) {
        return SECRET.matcher(line.toLowerCase(Locale.ROOT)).matches();
    }

    /** Makes the file that it is kept in, for its owner alone, unless there is one. */
    static void create(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // From the time before.
        }
    }
}
