package io.creek.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PasswordChecksTest {
    private static final List<PasswordHash> HASHES =
            PasswordHash.parse("pbkdf2:sha256:4096:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=").stream()
                    .toList();

    private final PasswordChecks checks = new PasswordChecks(new Random(1));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private LoginVerdict check(String password) throws Exception {
        return checks.check(HASHES, bytes(password)).get(30, TimeUnit.SECONDS);
    }

    @Test
    void whatWasRightOnceIsKnownUntilTheHashIsForgotten() throws Exception {
        assertThat(checks.isKnown(HASHES, bytes("password"))).isFalse();
        assertThat(check("wrong")).isEqualTo(LoginVerdict.WRONG);
        assertThat(check("password")).isEqualTo(LoginVerdict.RIGHT);

        assertThat(checks.isKnown(HASHES, bytes("password"))).isTrue();
        assertThat(checks.isKnown(HASHES, bytes("wrong"))).isFalse();
        assertThat(checks.isKnown(List.of(), bytes("password"))).isFalse();
        checks.forgetAllBut(HASHES);
        assertThat(checks.isKnown(HASHES, bytes("password"))).isTrue();
        checks.forgetAllBut(List.of());
        assertThat(checks.isKnown(HASHES, bytes("password"))).isFalse();
    }

    @Test
    void tooManyAreToldSoAtOnceAndTheOthersAreChecked() throws Exception {
        List<CompletableFuture<LoginVerdict>> verdicts = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            verdicts.add(checks.check(HASHES, bytes("wrong")));
        }
        List<LoginVerdict> found = new ArrayList<>();
        for (CompletableFuture<LoginVerdict> each : verdicts) {
            found.add(each.get(30, TimeUnit.SECONDS));
        }

        assertThat(found).containsOnly(LoginVerdict.WRONG, LoginVerdict.BUSY);
        assertThat(found.stream().filter(each -> each == LoginVerdict.WRONG)).hasSizeBetween(64, 500);
        assertThat(check("password")).isEqualTo(LoginVerdict.RIGHT);
    }
}
