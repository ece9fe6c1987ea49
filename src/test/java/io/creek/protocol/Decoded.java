package io.creek.protocol;

import io.creek.config.TextReplies;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder made of some input: requests as texts (ISO-8859-1), the dialect, and the error that ended it, or null.
 */
record Decoded(
        List<List<String>> requests,
        Dialect dialect,
        @Nullable String error) {
    /** Stands for the error when the connection closes unanswered. */
    static final String UNANSWERED = "unanswered";

    /** A decoder fed with one read after the other, and what came of it. */
    static Decoded reads(RequestDecoder decoder, Iterable<byte[]> reads) {
        List<List<String>> requests = new ArrayList<>();
        String error = null;
        for (byte[] read : reads) {
            decoder.feed(read, 0, read.length);
            try {
                for (Request request = decoder.next(); request != null; request = decoder.next()) {
                    requests.add(arguments(request));
                }
            } catch (ProtocolException e) {
                error = e.answered() ? e.getMessage() : UNANSWERED;
                break;
            }
        }
        return new Decoded(requests, decoder.dialect(), error);
    }

    /** What standard limits and automatic text replies make of one read. */
    static Decoded read(String input) {
        return reads(new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO), List.of(bytes(input)));
    }

    static List<String> arguments(Request request) {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < request.size(); i++) {
            arguments.add(request.text(i));
        }
        return arguments;
    }

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }
}
