package io.creek.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What Linux knows of this process ({@code proc(5)}).
 *
 * @param residentBytes memory of the machine that it occupies, heap, data and all
 * @param userSeconds processor time that it used itself
 * @param systemSeconds processor time that the system used for it
 */
public record ProcessFigures(long residentBytes, double userSeconds, double systemSeconds) {
    private static final Path STAT = Path.of("/proc/self/stat");
    /** What proc(5) counts in, on all that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int PAGE_BYTES = 4096;
    // Places behind the process' name, which is in parentheses and may hold anything.
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int RESIDENT_PAGES = 21;

    /** Nothing on other systems. */
    public static Optional<ProcessFigures> read() {
        try {
            String stat = Files.readString(STAT);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Optional.of(new ProcessFigures(
                    Long.parseLong(fields[RESIDENT_PAGES]) * PAGE_BYTES,
                    Long.parseLong(fields[USER_TICKS]) / TICKS_PER_SECOND,
                    Long.parseLong(fields[SYSTEM_TICKS]) / TICKS_PER_SECOND));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
