package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code kill -9} of a process that appends: all that its gate let out is there, and nothing is half there. */
final class CommitLogCrashIT {
    private static final int KILLS = 4;

    @TempDir
    Path path;

    @ParameterizedTest
    @EnumSource
    void whatTheGateLetOutSurvivesAKill(FsyncPolicy fsync) throws Exception {
        Random random = new Random(17);
        for (int kill = 0; kill < KILLS; kill++) {
            long told = appendUntilKilled(fsync, 50 + random.nextInt(500));
            List<String> texts = Appender.replay(path, fsync);
            assertThat(texts.size()).as("frames after kill %s", kill).isGreaterThanOrEqualTo((int) told);
            assertThat(texts)
                    .isEqualTo(LongStream.rangeClosed(1, texts.size())
                            .mapToObj(Appender::text)
                            .toList());
        }
    }

    /** The last number that the child told before it had told so many lines and was killed. */
    private long appendUntilKilled(FsyncPolicy fsync, int lines) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Appender.class.getName(),
                        path.toString(),
                        fsync.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long told = 0;
        try (BufferedReader reader = child.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < lines; i++) {
                String line = reader.readLine();
                assertThat(line).as("the child ended by itself").isNotNull();
                told = Long.parseLong(line);
            }
            // Through the handle: the process itself would close the pipe with what was told last.
            child.toHandle().destroyForcibly();
            // A line may be cut by the kill; those before it were told.
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                told = line.length() == 12 ? Long.parseLong(line) : told;
            }
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return told;
    }

    /** The process that is killed: appends numbered frames, and prints the last number that the gate lets out. */
    static final class Appender {
        private Appender() {}

        record Appended(long sequence, long number) {}

        public static void main(String[] arguments) throws IOException {
            Path path = Path.of(arguments[0]);
            FsyncPolicy fsync = FsyncPolicy.valueOf(arguments[1]);
            Entries replayed = new Entries();
            CommitLog log = open(DataDirectory.open(path, new Random()), fsync, replayed);
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            ArrayDeque<Appended> waiting = new ArrayDeque<>();
            long number = replayed.texts().size();
            while (true) {
                for (int i = 0; i < 10; i++) {
                    number++;
                    waiting.add(new Appended(log.append(Entries.of(text(number)), SpaceClass.GROWING), number));
                }
                log.write();
                long gate = log.gateSequence();
                long told = 0;
                for (Appended first = waiting.peek(); first != null && first.sequence <= gate; first = waiting.peek()) {
                    told = waiting.remove().number;
                }
                if (told > 0) {
                    out.printf("%012d%n", told);
                }
            }
        }

        static String text(long number) {
            return number + "x".repeat((int) (number * 31 % 200));
        }

        static List<String> replay(Path path, FsyncPolicy fsync) throws IOException {
            Entries replayed = new Entries();
            try (DataDirectory directory = DataDirectory.open(path, new Random());
                    CommitLog log = open(directory, fsync, replayed)) {
                assertThat(log.gateSequence()).isEqualTo(log.durableSequence());
            }
            return replayed.texts();
        }

        private static CommitLog open(DataDirectory directory, FsyncPolicy fsync, FrameReplay replay)
                throws IOException {
            LogOptions options = LogOptions.of(fsync, 1 << 20, directory);
            return CommitLog.open(directory, options, replay, Reserve.NOTHING, new RecordedEvents());
        }
    }
}
