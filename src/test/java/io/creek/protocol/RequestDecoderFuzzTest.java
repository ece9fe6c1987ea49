package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.FuzzCorpus;
import io.creek.config.TextReplies;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Any bytes in any reads: the requests and the error are those of the bytes in one piece, and work and memory are in proportion to them. */
final class RequestDecoderFuzzTest {
    private static final List<DecoderLimits> LIMITS = List.of(
            DecoderLimits.STANDARD,
            DecoderLimits.BEFORE_AUTHENTICATION,
            new DecoderLimits(40, 8, 30, 60, true),
            new DecoderLimits(1, 1, 1, 1, false));

    private static final List<TextReplies> TEXT_REPLIES = List.of(TextReplies.values());

    private static final int WORK_PER_BYTE_MAX = 8;
    private static final int SPARE_BYTES = 512;

    /** @param input limits and text replies in its first byte, where to cut in its second, then what a client sends */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        int settings = input[0] & 0xff;
        DecoderLimits limits = LIMITS.get(settings % LIMITS.size());
        TextReplies textReplies = TEXT_REPLIES.get(settings / LIMITS.size() % TEXT_REPLIES.size());
        byte[] sent = Arrays.copyOfRange(input, 2, input.length);

        Decoded whole = Decoded.reads(new RequestDecoder(limits, textReplies), List.of(sent));
        for (List<byte[]> reads : List.of(
                RequestDecoderSplitTest.pieces(sent, 1),
                RequestDecoderModelTest.randomPieces(sent, new Random(input[1])))) {
            RequestDecoder decoder = new RequestDecoder(limits, textReplies);
            assertThat(Decoded.reads(decoder, reads)).isEqualTo(whole);
            assertThat(decoder.workBytes()).isLessThanOrEqualTo((long) WORK_PER_BYTE_MAX * sent.length + SPARE_BYTES);
            assertThat(decoder.arrayBytes()).isLessThanOrEqualTo(2L * decoder.buffered() + SPARE_BYTES);
            if (whole.error() != null) {
                assertThat(decoder.arrayBytes()).isZero();
            }
        }
        assertThat(fedAhead(new RequestDecoder(limits, textReplies), sent)).isEqualTo(whole);
    }

    /** As when a session takes its requests later than the reads come. */
    private static Decoded fedAhead(RequestDecoder decoder, byte[] sent) {
        int half = sent.length / 2;
        decoder.feed(sent, 0, half);
        return Decoded.reads(decoder, List.of(Arrays.copyOfRange(sent, half, sent.length)));
    }

    @Test
    void keptInputsPass() {
        FuzzCorpus.play(RequestDecoderFuzzTest.class, RequestDecoderFuzzTest::fuzzerTestOneInput);
    }
}
