package io.creek.command;

import io.creek.protocol.Request;

/**
 * Redis' glob patterns over bytes: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]}, {@code \} before a byte that means itself.
 * Immutable; any thread.
 *
 * <p>Of several stars only the last one met is tried again, which is enough: an earlier one that took more could be matched by the later
 * one too. So the cost is at most pattern times text, whatever a client sends.
 */
public final class Glob {
    private static final int NO_STAR = -1;

    private final byte[] pattern;

    public Glob(byte[] pattern) {
        this.pattern = pattern;
    }

    /** The pattern that an argument is. */
    static Glob of(Request request, int argument) {
        return new Glob(request.copy(argument));
    }

    public boolean matches(byte[] text, int offset, int length) {
        int end = offset + length;
        int at = offset;
        int p = 0;
        int afterStar = NO_STAR;
        int starAt = 0;
        while (true) {
            if (p < pattern.length && pattern[p] == '*') {
                afterStar = ++p;
                starAt = at;
                continue;
            }
            if (at == end) {
                return p == pattern.length;
            }
            if (p < pattern.length && matchesOne(p, text[at])) {
                p = next(p);
                at++;
            } else if (afterStar != NO_STAR) {
                p = afterStar;
                at = ++starAt;
            } else {
                return false;
            }
        }
    }

    private boolean matchesOne(int p, byte b) {
        return switch (pattern[p]) {
            case '?' -> true;
            case '[' -> matchesClass(p, b);
            case '\\' -> pattern[p + 1 < pattern.length ? p + 1 : p] == b;
            default -> pattern[p] == b;
        };
    }

    private boolean matchesClass(int open, byte b) {
        int p = open + 1;
        boolean negated = p < pattern.length && pattern[p] == '^';
        p += negated ? 1 : 0;
        boolean found = false;
        while (p < pattern.length && pattern[p] != ']') {
            if (pattern[p] == '\\' && p + 1 < pattern.length) {
                found |= pattern[p + 1] == b;
                p += 2;
            } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
                int from = pattern[p] & 0xff;
                int to = pattern[p + 2] & 0xff;
                int value = b & 0xff;
                found |= value >= Math.min(from, to) && value <= Math.max(from, to);
                p += 3;
            } else {
                found |= pattern[p] == b;
                p++;
            }
        }
        return found != negated;
    }

    /** The place behind the element at {@code p}; a class that is not closed reaches to the end. */
    private int next(int p) {
        if (pattern[p] == '\\') {
            return Math.min(p + 2, pattern.length);
        }
        if (pattern[p] != '[') {
            return p + 1;
        }
        int at = p + 1;
        at += at < pattern.length && pattern[at] == '^' ? 1 : 0;
        while (at < pattern.length && pattern[at] != ']') {
            if (pattern[at] == '\\' && at + 1 < pattern.length) {
                at += 2;
            } else if (at + 2 < pattern.length && pattern[at + 1] == '-') {
                at += 3;
            } else {
                at++;
            }
        }
        return Math.min(at + 1, pattern.length);
    }
}
