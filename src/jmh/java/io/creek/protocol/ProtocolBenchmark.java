package io.creek.protocol;

import io.creek.config.TextReplies;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Bytes to requests, and replies to bytes, per command of a pipeline. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProtocolBenchmark {
    private static final int PIPELINE = 16;
    private static final String VALUE = "v".repeat(64);

    private final byte[] gets = bytes("*2\r\n$3\r\nGET\r\n$16\r\nkey:000000012345\r\n".repeat(PIPELINE));
    private final byte[] sets =
            bytes(("*3\r\n$3\r\nSET\r\n$16\r\nkey:000000012345\r\n$64\r\n" + VALUE + "\r\n").repeat(PIPELINE));
    private final byte[] lines = bytes(("SET key:000000012345 " + VALUE + "\r\n").repeat(PIPELINE));
    private final RequestDecoder resp = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
    private final RequestDecoder text = new RequestDecoder(DecoderLimits.STANDARD, TextReplies.AUTO);
    private final Reply bulk = Reply.bulk(bytes(VALUE));
    private final ReplyBuffer out = new ReplyBuffer();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public void decodeGet(Blackhole hole) throws ProtocolException {
        decode(resp, gets, hole);
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public void decodeSet(Blackhole hole) throws ProtocolException {
        decode(resp, sets, hole);
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public void decodeInlineSet(Blackhole hole) throws ProtocolException {
        decode(text, lines, hole);
    }

    private static void decode(RequestDecoder decoder, byte[] batch, Blackhole hole) throws ProtocolException {
        decoder.feed(batch, 0, batch.length);
        for (Request request = decoder.next(); request != null; request = decoder.next()) {
            hole.consume(request);
        }
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int encodeBulk() {
        return encode(bulk);
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int encodeOk() {
        return encode(Reply.OK);
    }

    private int encode(Reply reply) {
        out.clear();
        for (int i = 0; i < PIPELINE; i++) {
            ReplyEncoder.encode(reply, ReplyFormat.RESP2, out);
        }
        return out.length();
    }
}
