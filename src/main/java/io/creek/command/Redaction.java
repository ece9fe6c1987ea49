package io.creek.command;

import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;

/** What others than its client may see of a command: everything but names and passwords of users. Stateless. */
public final class Redaction {
    private static final byte[] REDACTED = "(redacted)".getBytes(StandardCharsets.US_ASCII);

    private Redaction() {}

    /** The request, with AUTH's arguments replaced, and those of HELLO's AUTH. */
    public static Request of(Request request) {
        Request shown = request;
        if (request.is(0, "AUTH")) {
            for (int i = 1; i < request.size(); i++) {
                shown = shown.with(i, REDACTED);
            }
        } else if (request.is(0, "HELLO")) {
            for (int i = 2; i + 2 < request.size(); i++) {
                if (request.is(i, "AUTH")) {
                    shown = shown.with(i + 1, REDACTED).with(i + 2, REDACTED);
                    i += 2;
                } else if (request.is(i, "SETNAME")) {
                    i++;
                }
            }
        }
        return shown;
    }
}
