package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.creek.config.TextReplies;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Work and memory, counted: linear in the bytes, bounded by the limits, never by what was only announced. */
final class RequestDecoderBoundsTest {
    /** Each byte is searched or copied this often on average, at most. */
    private static final int WORK_PER_BYTE_MAX = 4;

    /** Beyond what is proportional: the first arrays and steps. */
    private static final int WORK_SPARE_BYTES = 2048;

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({
        // values, bytes of each, bytes per read
        "1, 8388608, 65536",
        "1, 8388608, 1000",
        "1, 300000, 1",
        "3, 8388608, 65536",
        "450, 65536, 65536",
        "450, 65536, 1000",
        "30000, 100, 997",
        "30000, 3, 1",
        "100000, 0, 13",
    })
    void requestOfManyReadsCostsLinearWork(int values, int valueBytes, int readBytes) throws ProtocolException {
        byte[][] arguments = new byte[values + 1][];
        Arrays.fill(arguments, new byte[valueBytes]);
        arguments[0] = Decoded.bytes("MSET");
        byte[] bytes = RespClient.multibulk(arguments);
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);

        Request request = feedInReads(decoder, bytes, readBytes);

        assertThat(request).isNotNull();
        assertThat(request.size()).isEqualTo(values + 1);
        assertThat(decoder.workBytes()).isLessThan((long) WORK_PER_BYTE_MAX * bytes.length + WORK_SPARE_BYTES);
        assertThat(request.array().length).isLessThanOrEqualTo(2 * bytes.length + 256);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 11, 30, 100, 1000})
    void manySmallRequestsInSmallReadsCostLinearWork(int readBytes) throws ProtocolException {
        byte[] bytes = Decoded.bytes("*2\r\n$3\r\nGET\r\n$3\r\nk12\r\n".repeat(10_000) + "GET k12\r\n".repeat(10_000));
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);

        assertThat(feedInReads(decoder, bytes, readBytes)).isNotNull();

        assertThat(decoder.workBytes()).isLessThan((long) WORK_PER_BYTE_MAX * bytes.length + WORK_SPARE_BYTES);
    }

    @Test
    void longestLineInSingleBytesCostsLinearWork() throws ProtocolException {
        byte[] bytes = Decoded.bytes("x".repeat(64 * 1024) + "\n");
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);

        assertThat(feedInReads(decoder, bytes, 1)).isNotNull();

        assertThat(decoder.workBytes()).isLessThan((long) WORK_PER_BYTE_MAX * bytes.length + WORK_SPARE_BYTES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*1\r\n$"})
    void longestHeaderInSingleBytesCostsLinearWork(String begin) throws ProtocolException {
        byte[] bytes = Decoded.bytes(begin + "1".repeat(60_000));
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);

        for (int i = 0; i < bytes.length; i++) {
            decoder.feed(bytes, i, 1);
            assertThat(decoder.next()).isNull();
        }

        assertThat(decoder.buffered()).isEqualTo(bytes.length);
        assertThat(decoder.workBytes()).isLessThan((long) WORK_PER_BYTE_MAX * bytes.length + WORK_SPARE_BYTES);
    }

    @Test
    void readsThatWaitCostLinearWork() throws ProtocolException {
        byte[] bytes = Decoded.bytes("*2\r\n$3\r\nGET\r\n$3\r\nk12\r\n".repeat(40_000));
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);

        // One request is taken after each read of four: the session is slower than the client.
        for (byte[] read : RequestDecoderSplitTest.pieces(bytes, 88)) {
            decoder.feed(read, 0, read.length);
            assertThat(decoder.next()).isNotNull();
        }

        assertThat(decoder.workBytes()).isLessThan((long) WORK_PER_BYTE_MAX * bytes.length + WORK_SPARE_BYTES);
        assertThat(decoder.arrayBytes()).isLessThan(4L * decoder.buffered());
    }

    @Test
    void valueOfTheLargestSizeIsReadWithoutASecondCopyAtTheEnd() throws ProtocolException {
        int valueBytes = 64 * MIB;
        DecoderLimits limits = new DecoderLimits(65_536, 1 << 20, valueBytes, valueBytes + MIB, true);
        RequestDecoder decoder = new RequestDecoder(limits, TextReplies.AUTO);
        byte[] header = Decoded.bytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + valueBytes + "\r\n");
        byte[] read = new byte[65_536];
        decoder.feed(header, 0, header.length);
        assertThat(decoder.next()).isNull();
        for (int sent = 0; sent < valueBytes; sent += read.length) {
            decoder.feed(read, 0, read.length);
            assertThat(decoder.next()).isNull();
            assertThat(decoder.arrayBytes()).isLessThanOrEqualTo(2L * decoder.buffered() + 256);
        }
        byte[] last = Decoded.bytes("\r\n" + "PING\r\n".repeat(100));
        decoder.feed(last, 0, last.length);

        Request request = decoder.next();

        assertThat(request).isNotNull();
        assertThat(request.length(2)).isEqualTo(valueBytes);
        assertThat(request.array()).hasSize(header.length + valueBytes + 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*1048576\r\n",
                "*3\r\n$8388608\r\n",
                "*1048576\r\n$8388608\r\nabc",
                "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$8388608\r\n",
            })
    void announcedLengthsAllocateNothing(String input) throws ProtocolException {
        byte[] bytes = Decoded.bytes(input);
        warmUp(bytes);
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);

        long before = allocatedBytes();
        decoder.feed(bytes, 0, bytes.length);
        Request request = decoder.next();
        long allocated = allocatedBytes() - before;

        assertThat(request).isNull();
        assertThat(allocated).isLessThan(2000);
    }

    @Test
    void requestThatCameWholeAllocatesNothingButItselfAndItsSpans() throws ProtocolException {
        int requests = 2000;
        byte[] bytes =
                Decoded.bytes(("*3\r\n$3\r\nSET\r\n$3\r\nk12\r\n$200\r\n" + "v".repeat(200) + "\r\n").repeat(requests)
                        + "SET k12 v\r\n".repeat(requests));
        warmUp(bytes);
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        decoder.feed(bytes, 0, bytes.length);

        long before = allocatedBytes();
        int decoded = 0;
        while (decoder.next() != null) {
            decoded++;
        }
        long allocated = allocatedBytes() - before;

        assertThat(decoded).isEqualTo(2 * requests);
        // Without compressed class pointers: an object of two references, and an array of six ints.
        long perRequest = (16 + 2 * 8) + (24 + 6 * 4);
        assertThat(allocated).isLessThanOrEqualTo(perRequest * decoded + 2000);
    }

    /** Random bytes, many of them such as mean something, under small limits: errors at most, and little memory. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void hostileBytesNeverBreakTheDecoder(long seed) {
        DecoderLimits limits = new DecoderLimits(300, 50, 400, 1000, true);
        String[] words = {
            "*", "$", "\r\n", "\n", "\r", "*2\r\n", "$3\r\n", "*1\r\n$1\r\n", "-1", "0", "5", "400",
                    "9223372036854775807",
            "\"", "'", "\\x", "\\", " ", "\0", "GET", "\u00ff", "POST", "HTTP/1.1", "*50\r\n", "\"\\x4\"", "\t\u000b",
        };
        Random random = new Random(seed);
        int failed = 0;
        int whole = 0;
        for (int connection = 0; connection < 5000; connection++) {
            TextReplies textReplies = random.nextInt(3) == 0 ? TextReplies.CREEK : TextReplies.AUTO;
            RequestDecoder decoder = new RequestDecoder(limits, textReplies);
            try {
                for (int i = 0; i < 40; i++) {
                    byte[] read = hostileRead(random, words);
                    decoder.feed(read, 0, read.length);
                    for (Request request = decoder.next(); request != null; request = decoder.next()) {
                        whole++;
                        checkSpans(request);
                    }
                    assertThat(decoder.arrayBytes()).as("seed %d", seed).isLessThanOrEqualTo(2 * (1000 + 300) + 512);
                }
            } catch (ProtocolException e) {
                failed++;
                assertThat(decoder.arrayBytes()).isZero();
            }
        }
        assertThat(failed).isGreaterThan(1000);
        assertThat(whole).isGreaterThan(5000);
    }

    private static byte[] hostileRead(Random random, String[] words) {
        StringBuilder read = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            if (random.nextInt(6) == 0) {
                read.append((char) random.nextInt(256));
            } else {
                read.append(words[random.nextInt(words.length)]);
            }
        }
        return Decoded.bytes(read.toString());
    }

    private static void checkSpans(Request request) {
        assertThat(request.size()).isPositive();
        for (int i = 0; i < request.size(); i++) {
            assertThat(request.copy(i)).hasSize(request.length(i));
        }
    }

    private static @Nullable Request feedInReads(RequestDecoder decoder, byte[] bytes, int readBytes)
            throws ProtocolException {
        Request last = null;
        for (int from = 0; from < bytes.length; from += readBytes) {
            decoder.feed(bytes, from, Math.min(readBytes, bytes.length - from));
            for (Request request = decoder.next(); request != null; request = decoder.next()) {
                last = request;
            }
        }
        assertThat(decoder.buffered()).isZero();
        return last;
    }

    /** Loads classes, so that only the measured run's own allocations are counted. */
    private static void warmUp(byte[] bytes) throws ProtocolException {
        List<Request> requests = new ArrayList<>();
        RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
        decoder.feed(bytes, 0, bytes.length);
        for (Request request = decoder.next(); request != null; request = decoder.next()) {
            requests.add(request);
        }
        assertThat(allocatedBytes()).isPositive();
        assertThat(requests.size()).isNotNegative();
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
