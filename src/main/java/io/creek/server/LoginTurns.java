package io.creek.server;

import io.creek.store.Loop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Has logins that come all at once begin one after the other, between others' commands: what a login costs is more than what a command does, above all
 * the first thousand. At most one waits for each connection. Owned by its event loop.
 */
final class LoginTurns {
    /** What a turn of the loop begins more logins within. */
    private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Loop loop;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    /** One has begun in this turn. */
    private boolean begun;

    LoginTurns(Loop loop) {
        this.loop = loop;
    }

    /** Runs {@code login} now, or later where others came before it in this turn. */
    void begin(Runnable login) {
        if (begun) {
            waiting.add(login);
        } else {
            goOnLater();
            login.run();
        }
    }

    private void goOnLater() {
        begun = true;
        loop.executeLater(this::goOn);
    }

    private void goOn() {
        long started = System.nanoTime();
        begun = false;
        while (!waiting.isEmpty() && !begun) {
            if (System.nanoTime() - started >= TURN_NANOS) {
                goOnLater();
            } else {
                waiting.remove().run();
            }
        }
    }
}
