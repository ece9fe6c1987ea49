package io.creek.cli;

import io.creek.store.Version;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes entries as JSON, a line each (RFC 8259): {@code {"key":"user","value":"Alice","deadline":1700000000000}}. Bytes that are not
 * UTF-8 go as base64 (RFC 4648, 4) under {@code key64} or {@code value64}; all others as they are, only what JSON demands is escaped. One
 * thread.
 */
final class DumpLines {
    private static final byte[] TOMBSTONE = ascii(",\"tombstone\":true");
    private static final byte[] DEADLINE = ascii(",\"deadline\":");
    private static final byte[] VERSION = ascii(",\"version\":\"");
    private static final byte[] EXPIRY_VERSION = ascii(",\"expiryVersion\":\"");

    private final OutputStream out;
    private final boolean versions;
    private final JsonText json;

    /** @param versions whether they are written too */
    DumpLines(OutputStream out, boolean versions) {
        this.out = out;
        this.versions = versions;
        this.json = new JsonText(out);
    }

    /** The first line of a dump with versions: up to which clock value every member had everything. */
    void writeHorizon(long clock) throws IOException {
        out.write(ascii("{\"horizon\":\"" + Version.clockText(clock) + "\"}\n"));
    }

    void write(DumpedEntry entry) throws IOException {
        out.write('{');
        field("key", entry.key);
        if (entry.value == null) {
            out.write(TOMBSTONE);
        } else {
            out.write(',');
            field("value", entry.value);
        }
        if (entry.deadlineMillis != 0) {
            out.write(DEADLINE);
            out.write(ascii(Long.toString(entry.deadlineMillis)));
        }
        if (versions) {
            version(VERSION, entry.written);
            if (!entry.expiry.equals(entry.written)) {
                version(EXPIRY_VERSION, entry.expiry);
            }
        }
        out.write('}');
        out.write('\n');
    }

    private void version(byte[] name, Version version) throws IOException {
        out.write(name);
        out.write(ascii(version.toString()));
        out.write('"');
    }

    private void field(String name, byte[] bytes) throws IOException {
        boolean text = json.isText(bytes);
        out.write(ascii("\"" + name + (text ? "\":" : "64\":\"")));
        if (text) {
            json.write(bytes);
        } else {
            out.write(Base64.getEncoder().encode(bytes));
            out.write('"');
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
