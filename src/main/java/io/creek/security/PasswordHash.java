package io.creek.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A password as it is kept: PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), written {@code pbkdf2:sha256:<iterations>:<salt>:<hash>}, salt
 * and hash in Base64. Immutable; equal when the texts are.
 */
final class PasswordHash {
    /** Of what is made here: some 50 ms of a processor, within 100 ms. */
    static final int ITERATIONS = 100_000;

    /** So long an event loop waits at most for a processor that computes a hash. */
    private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** Between two looks at the clock: some microseconds, a fifth of a millisecond in code that is not compiled yet. */
    private static final int ITERATIONS_AT_ONCE = 4;

    private static final int ITERATIONS_MIN = 1_000;
    private static final int ITERATIONS_MAX = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int SALT_BYTES_MAX = 64;
    private static final int HASH_BYTES = 32;

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
        return new PasswordHash(ITERATIONS, salt, derive(password, salt, ITERATIONS, () -> 1));
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
        return matches(password, () -> 1);
    }

    /**
     * The same, in more or less time.
     *
     * @param rest how much longer than it works it rests, asked again and again
     */
    boolean matches(byte[] password, IntSupplier rest) {
        return MessageDigest.isEqual(derive(password, salt, iterations, rest), hash);
    }

    /** Works piece by piece, and rests between: whoever guesses gets a part of one processor, and no long turn of that. Blocks. */
    private static byte[] derive(byte[] password, byte[] salt, int iterations, IntSupplier rest) {
        try {
            HmacSha256 hmac = new HmacSha256(password);
            byte[] round = new byte[HASH_BYTES];
            hmac.of(
                    ByteBuffer.allocate(salt.length + Integer.BYTES)
                            .put(salt)
                            .putInt(1)
                            .array(),
                    round);
            byte[] derived = round.clone();
            long begun = System.nanoTime();
            for (int i = 1; i < iterations; i++) {
                hmac.of(round, round);
                for (int j = 0; j < HASH_BYTES; j++) {
                    derived[j] ^= round[j];
                }
                if (i % ITERATIONS_AT_ONCE == 0) {
                    long worked = System.nanoTime() - begun;
                    if (worked >= TURN_NANOS) {
                        LockSupport.parkNanos(worked * rest.getAsInt());
                        begun = System.nanoTime();
                    }
                }
            }
            return derived;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256: every Java has it", e);
        }
    }

    /**
     * HMAC (RFC 2104) over Java's SHA-256, into arrays that are there: {@code javax.crypto.Mac} leaves 100 bytes behind at each
     * call, and the collections of a hundred thousand calls for each password would stop the event loops.
     */
    private static final class HmacSha256 {
        private static final int BLOCK_BYTES = 64;

        private final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        private final byte[] inner = new byte[BLOCK_BYTES];
        private final byte[] outer = new byte[BLOCK_BYTES];

        HmacSha256(byte[] key) throws GeneralSecurityException {
            byte[] block = Arrays.copyOf(key.length > BLOCK_BYTES ? digest.digest(key) : key, BLOCK_BYTES);
            for (int i = 0; i < BLOCK_BYTES; i++) {
                inner[i] = (byte) (block[i] ^ 0x36);
                outer[i] = (byte) (block[i] ^ 0x5c);
            }
        }

        /** @param code where it goes, 32 bytes; may be the message */
        void of(byte[] message, byte[] code) throws GeneralSecurityException {
            digest.update(inner);
            digest.update(message);
            digest.digest(code, 0, HASH_BYTES);
            digest.update(outer);
            digest.update(code);
            digest.digest(code, 0, HASH_BYTES);
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
