package io.creek.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.store.ManualLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LoginTurnsTest {
    /** Longer than a turn takes logins for. */
    private static final long LONG_NANOS = 300_000;

    private final ManualLoop loop = new ManualLoop();
    private final LoginTurns turns = new LoginTurns(loop);
    private final List<Integer> begun = new ArrayList<>();

    private void begin(int number) {
        turns.begin(() -> {
            begun.add(number);
            LockSupport.parkNanos(LONG_NANOS);
        });
    }

    @Test
    void oneAloneBeginsAtOnce() {
        begin(1);
        assertThat(begun).containsExactly(1);
        loop.turn();
        begin(2);
        assertThat(begun).containsExactly(1, 2);
    }

    @Test
    void thoseThatComeAtOnceBeginInTurnAndInOrder() {
        for (int i = 1; i <= 4; i++) {
            begin(i);
        }
        assertThat(begun).containsExactly(1);
        loop.turn();
        assertThat(begun).containsExactly(1, 2);
        begin(5);
        assertThat(begun).as("others came before").containsExactly(1, 2);
        for (int i = 0; i < 4; i++) {
            loop.turn();
        }
        assertThat(begun).containsExactly(1, 2, 3, 4, 5);
    }
}
