package io.creek.protocol;

/**
 * Knows lines of HTTP. A page in a browser can make it send requests to a server that only the user's machine can
 * reach, with commands in the body; the headers before it give that away. Stateless.
 */
final class HttpLine {
    private HttpLine() {}

    /** Throws, to be left unanswered, when the line is one that begins an HTTP request or names its host. */
    static void refuse(byte[] array, int from, int to) throws ProtocolException {
        int first = InlineArguments.skipSpace(array, from, to);
        int end = to;
        while (end > first && InlineArguments.isSpace(array[end - 1])) {
            end--;
        }
        if (isWord(array, first, end, "POST")
                || isWord(array, first, end, "HOST:")
                || endsWithWord(array, first, end, "HTTP/1.0")
                || endsWithWord(array, first, end, "HTTP/1.1")) {
            throw ProtocolException.unanswered("an http request");
        }
    }

    private static boolean endsWithWord(byte[] array, int first, int end, String upperCase) {
        int begin = end - upperCase.length();
        return begin >= first
                && (begin == first || InlineArguments.isSpace(array[begin - 1]))
                && isWord(array, begin, end, upperCase);
    }

    private static boolean isWord(byte[] array, int begin, int end, String upperCase) {
        int wordEnd = begin + upperCase.length();
        if (wordEnd > end || (wordEnd < end && !InlineArguments.isSpace(array[wordEnd]))) {
            return false;
        }
        for (int i = begin; i < wordEnd; i++) {
            int b = array[i];
            int upper = b >= 'a' && b <= 'z' ? b - ('a' - 'A') : b;
            if (upper != upperCase.charAt(i - begin)) {
                return false;
            }
        }
        return true;
    }
}
