package io.creek.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.store.Version;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DumpLinesTest {
    private static final Version WRITTEN = new Version(0x1f00L, -1);

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static DumpedEntry entry(byte[] key, byte @Nullable [] value, long deadlineMillis) {
        return new DumpedEntry(key, value, deadlineMillis, WRITTEN, WRITTEN);
    }

    private static String line(DumpedEntry entry, boolean versions) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new DumpLines(out, versions).write(entry);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void textIsText() throws IOException {
        assertThat(line(entry(utf8("user"), utf8("Alice"), 0), false))
                .isEqualTo("{\"key\":\"user\",\"value\":\"Alice\"}\n");
        assertThat(line(entry(utf8("ü"), utf8("日本 😀"), 1_700_000_000_000L), false))
                .isEqualTo("{\"key\":\"ü\",\"value\":\"日本 😀\",\"deadline\":1700000000000}\n");
        assertThat(line(entry(utf8(""), utf8(""), 0), false)).isEqualTo("{\"key\":\"\",\"value\":\"\"}\n");
    }

    @Test
    void whatIsNotUtf8IsBase64() throws IOException {
        byte[] latin = {(byte) 0xe4};
        byte[] cut = {'a', (byte) 0xe6, (byte) 0x97};
        byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
        byte[] overlong = {(byte) 0xc0, (byte) 0xaf};
        assertThat(line(entry(latin, cut, 0), false)).isEqualTo("{\"key64\":\"5A==\",\"value64\":\"YeaX\"}\n");
        assertThat(line(entry(surrogate, overlong, 0), false)).isEqualTo("{\"key64\":\"7aCA\",\"value64\":\"wK8=\"}\n");
    }

    /** A decoder works piece by piece; a character on the border is one all the same. */
    @Test
    void charactersOnTheBorderOfAPieceAreWhole() throws IOException {
        for (int before = 4090; before < 4100; before++) {
            String value = "x".repeat(before) + "日😀" + "y".repeat(before);
            JsonObject line = new JsonObject(line(entry(utf8("k"), utf8(value), 0), false));
            assertThat(line.getString("value")).as("%d before", before).isEqualTo(value);
        }
    }

    @Test
    void everyCharacterOfAsciiIsReadBackByAJsonReader() throws IOException {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 128; c++) {
            all.append(c);
        }
        String line = line(entry(utf8("k"), utf8(all.toString()), 0), false);
        assertThat(line.strip()).doesNotContain("\n");
        assertThat(new JsonObject(line).getString("value")).isEqualTo(all.toString());
    }

    @Test
    void versionsAndTombstonesAreShownWhenAskedFor() throws IOException {
        assertThat(line(entry(utf8("k"), null, 7), true))
                .isEqualTo("{\"key\":\"k\",\"tombstone\":true,\"deadline\":7,"
                        + "\"version\":\"0000000000001f00@ffffffffffffffff\"}\n");
        DumpedEntry moved = new DumpedEntry(utf8("k"), utf8("v"), 7, WRITTEN, new Version(0x1f01, 2));
        assertThat(line(moved, true))
                .isEqualTo("{\"key\":\"k\",\"value\":\"v\",\"deadline\":7,"
                        + "\"version\":\"0000000000001f00@ffffffffffffffff\","
                        + "\"expiryVersion\":\"0000000000001f01@0000000000000002\"}\n");
    }

    @Test
    void aVersionIsReadBack() {
        Version version = new Version(-2, 0x0123456789abcdefL);
        assertThat(Version.parse(version.toString())).isEqualTo(version);
        assertThat(Version.parse("1f00@2")).isEqualTo(new Version(0x1f00, 2));
    }
}
