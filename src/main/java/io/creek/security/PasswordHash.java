package io.creek.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A password as it is kept: PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), written {@code pbkdf2:sha256:<iterations>:<salt>:<hash>}, salt
 * and hash in Base64. Immutable; equal when the texts are.
 */
final class PasswordHash {
    /** Of what is made here: some 50 ms of a processor, within 100 ms. */
    static final int ITERATIONS = 100_000;

    /** Some 0.2 ms: so long an event loop waits at most for a processor that computes a hash. */
    private static final int ITERATIONS_AT_ONCE = 500;

    private static final int ITERATIONS_MIN = 1_000;
    private static final int ITERATIONS_MAX = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int SALT_BYTES_MAX = 64;
    private static final int HASH_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private static final Pattern TEXT =
            Pattern.compile("pbkdf2:sha256:([0-9]{4,8}):([A-Za-z0-9+/]{1,90}={0,2}):([A-Za-z0-9+/]{43}=)");

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /** With a new salt. Takes as long as a check. Blocks. */
    static PasswordHash of(byte[] password, RandomGenerator random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(ITERATIONS, salt, derive(password, salt, ITERATIONS));
    }

    /** What {@link #text} wrote; none when it is of another form. */
    static Optional<PasswordHash> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int iterations = Integer.parseInt(matcher.group(1));
        if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
            return Optional.empty();
        }
        try {
            byte[] salt = Base64.getDecoder().decode(matcher.group(2));
            byte[] hash = Base64.getDecoder().decode(matcher.group(3));
            return salt.length <= SALT_BYTES_MAX && hash.length == HASH_BYTES
                    ? Optional.of(new PasswordHash(iterations, salt, hash))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String text() {
        Base64.Encoder base64 = Base64.getEncoder();
        return "pbkdf2:sha256:" + iterations + ":" + base64.encodeToString(salt) + ":" + base64.encodeToString(hash);
    }

    /** Takes as long for a wrong password as for the right one. Blocks. */
    boolean matches(byte[] password) {
        return MessageDigest.isEqual(derive(password, salt, iterations), hash);
    }

    /** Rests as long as it works, piece by piece: whoever guesses gets half of one processor, and no long turn of that. Blocks. */
    private static byte[] derive(byte[] password, byte[] salt, int iterations) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            // Keys are filled up with zeros, so that one zero is the same as nothing, which Java refuses.
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, ALGORITHM));
            mac.update(salt);
            byte[] round = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] derived = round.clone();
            long begun = System.nanoTime();
            for (int i = 1; i < iterations; i++) {
                mac.update(round);
                mac.doFinal(round, 0);
                for (int j = 0; j < HASH_BYTES; j++) {
                    derived[j] ^= round[j];
                }
                if (i % ITERATIONS_AT_ONCE == 0) {
                    LockSupport.parkNanos(System.nanoTime() - begun);
                    begun = System.nanoTime();
                }
            }
            return derived;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + ": every Java has it", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PasswordHash that
                && iterations == that.iterations
                && Arrays.equals(salt, that.salt)
                && Arrays.equals(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return "(not shown)";
    }
}
