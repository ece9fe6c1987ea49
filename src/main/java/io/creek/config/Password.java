package io.creek.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** What a client has to know, or that it has to know nothing. Never shown, not by {@link #toString} either. Immutable. */
public final class Password {
    /** Nothing has to be known. */
    public static final Password NONE = new Password("");

    /** Fits, with its command, into what a client may send before it has authenticated. */
    static final int BYTES_MAX = 512;

    private final byte[] bytes;

    Password(String text) {
        bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether nothing has to be known. */
    public boolean isNone() {
        return bytes.length == 0;
    }

    /** Takes as long for a password that is nearly right as for one that is not. */
    public boolean matches(byte[] given) {
        // The time that this takes depends on the length of its first argument alone.
        return isNone() || MessageDigest.isEqual(given, bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Password that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return isNone() ? "none" : "(not shown)";
    }
}
