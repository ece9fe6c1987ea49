package io.creek.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames with texts as bodies: to append them, and to collect what a replay shows. */
final class Entries implements FrameReplay {
    private final List<Long> sequences = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    static ByteBuffer of(String... texts) {
        return of(LogEntry.MUTATION, texts);
    }

    static ByteBuffer of(int type, String... texts) {
        int bytes = 0;
        for (String text : texts) {
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            bytes += LogEntry.headerBytes(length) + length;
        }
        ByteBuffer entries = ByteBuffer.allocate(bytes);
        for (String text : texts) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            LogEntry.putHeader(entries, type, body.length);
            entries.put(body);
        }
        return entries.flip();
    }

    @Override
    public void entry(long sequence, int type, ByteBuffer body) {
        byte[] text = new byte[body.remaining()];
        body.get(text);
        sequences.add(sequence);
        texts.add(new String(text, StandardCharsets.UTF_8));
    }

    List<Long> sequences() {
        return sequences;
    }

    List<String> texts() {
        return texts;
    }
}
