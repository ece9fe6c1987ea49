package io.creek.security;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** That a certificate will expire, or has: to be told some times before, and once then. Used by one thread at a time. */
final class ExpiryWarning {
    private static final List<Duration> LEFT = List.of(Duration.ofDays(14), Duration.ofDays(1), Duration.ZERO);

    private final Instant expires;
    private long told;

    ExpiryWarning(Instant expires) {
        this.expires = expires;
    }

    /** What is to be told now and was not before. */
    Optional<String> at(Instant now) {
        Duration left = Duration.between(now, expires);
        long due = LEFT.stream().filter(each -> left.compareTo(each) <= 0).count();
        if (due <= told) {
            return Optional.empty();
        }
        told = due;
        return Optional.of(
                left.isNegative() || left.isZero()
                        ? "expired at " + expires + ": clients refuse to connect"
                        : "expires at " + expires + ", in " + inWords(left));
    }

    private static String inWords(Duration left) {
        return left.toDays() > 1 ? left.toDays() + " days" : left.toHours() + " hours";
    }
}
