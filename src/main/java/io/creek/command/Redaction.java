package io.creek.command;

import io.creek.config.Setting;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What others than its client may see of a command: everything but names and passwords of users. Stateless. */
public final class Redaction {
    private static final byte[] REDACTED = "(redacted)".getBytes(StandardCharsets.US_ASCII);

    private Redaction() {}

    /** The request, with AUTH's arguments replaced, those of HELLO's AUTH and of ACL about users, and what CONFIG SET makes a secret. */
    public static Request of(Request request) {
        Request shown = request;
        if (request.is(0, "AUTH")) {
            shown = from(1, request);
        } else if (request.is(0, "ACL") && request.size() > 2 && isAboutUsers(request)) {
            shown = from(2, request);
        } else if (request.is(0, "HELLO")) {
            for (int i = 2; i + 2 < request.size(); i++) {
                if (request.is(i, "AUTH")) {
                    shown = shown.with(i + 1, REDACTED).with(i + 2, REDACTED);
                    i += 2;
                } else if (request.is(i, "SETNAME")) {
                    i++;
                }
            }
        } else if (request.is(0, "CONFIG") && request.size() > 2 && request.is(1, "SET")) {
            for (int i = 2; i + 1 < request.size(); i += 2) {
                String key = request.text(i).toLowerCase(Locale.ROOT);
                if (Setting.find(key).map(Setting::isSecret).orElse(false)) {
                    shown = shown.with(i + 1, REDACTED);
                }
            }
        }
        return shown;
    }

    private static boolean isAboutUsers(Request request) {
        return request.is(1, "SETUSER") || request.is(1, "GETUSER") || request.is(1, "DELUSER");
    }

    private static Request from(int first, Request request) {
        byte[][] arguments = new byte[request.size()][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = i < first ? request.copy(i) : REDACTED;
        }
        return Request.of(arguments);
    }
}
