package io.creek.log;

import io.creek.FuzzCorpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** Any snapshot, before a log that holds nothing: judged as {@link LogFuzzTest} judges logs. */
final class SnapshotFuzzTest {
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            LogFuzzTest.judge(FuzzedLog.snapshot(input));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keptInputsPass() {
        FuzzCorpus.play(SnapshotFuzzTest.class, SnapshotFuzzTest::fuzzerTestOneInput);
    }
}
