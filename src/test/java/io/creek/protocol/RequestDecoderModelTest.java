package io.creek.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.config.TextReplies;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random requests, written as random clients write them, cut at random: the same requests come out. */
final class RequestDecoderModelTest {
    private static final int CONVERSATIONS = 300;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void requestsComeOutAsTheyWentIn(long seed) {
        Random random = new Random(seed);
        for (int conversation = 0; conversation < CONVERSATIONS; conversation++) {
            boolean text = random.nextInt(3) == 0;
            List<List<String>> requests = new ArrayList<>();
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            for (int i = random.nextInt(12); i >= 0; i--) {
                boolean inline = text || random.nextInt(3) == 0;
                List<String> request = request(random, inline);
                requests.add(request);
                if (inline) {
                    // The first line decides the dialect by its end; after it both ends are fine.
                    boolean crLf = sent.size() == 0 ? !text : random.nextBoolean();
                    sent.writeBytes(Decoded.bytes(inline(request, random) + (crLf ? "\r\n" : "\n")));
                } else {
                    sent.writeBytes(multibulk(request));
                }
                if (random.nextInt(4) == 0) {
                    sent.writeBytes(Decoded.bytes(text || random.nextBoolean() ? "\n" : "*0\r\n"));
                }
            }
            RequestDecoder decoder = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);

            assertThat(Decoded.reads(decoder, randomPieces(sent.toByteArray(), random)))
                    .as("seed %d, conversation %d", seed, conversation)
                    .isEqualTo(new Decoded(requests, text ? Dialect.TEXT : Dialect.RESP, null));
            assertThat(decoder.buffered()).isZero();
        }
    }

    private static List<String> request(Random random, boolean inline) {
        List<String> request = new ArrayList<>();
        request.add("CMD" + random.nextInt(100));
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 100 : 5); i > 0; i--) {
            char[] argument = new char[random.nextInt(random.nextInt(20) == 0 && !inline ? 5000 : 12)];
            for (int j = 0; j < argument.length; j++) {
                argument[j] = (char) (random.nextBoolean() ? 'a' + random.nextInt(26) : random.nextInt(256));
            }
            request.add(new String(argument));
        }
        return request;
    }

    private static byte[] multibulk(List<String> request) {
        return RespClient.multibulk(request.stream().map(Decoded::bytes).toArray(byte[][]::new));
    }

    private static String inline(List<String> request, Random random) {
        StringBuilder line = new StringBuilder(random.nextInt(5) == 0 ? "  " : "");
        for (String argument : request) {
            boolean plain = argument.matches("[a-zA-Z0-9]+");
            line.append(plain && random.nextInt(3) > 0 ? argument : quoted(argument, random));
            line.append(random.nextInt(5) == 0 ? " \t " : " ");
        }
        return line.toString();
    }

    private static String quoted(String argument, Random random) {
        if (random.nextBoolean() && argument.matches("[^\n\\\\]*")) {
            return "'" + argument.replace("'", "\\'") + "'";
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < argument.length(); i++) {
            char c = argument.charAt(i);
            if (c == '\n' && random.nextBoolean()) {
                quoted.append("\\n");
            } else if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c == '\n' || random.nextInt(4) == 0) {
                quoted.append(String.format(random.nextBoolean() ? "\\x%02x" : "\\x%02X", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    static List<byte[]> randomPieces(byte[] bytes, Random random) {
        int most = 1 + random.nextInt(random.nextBoolean() ? 8 : 2000);
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
            pieces.add(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        return pieces;
    }
}
