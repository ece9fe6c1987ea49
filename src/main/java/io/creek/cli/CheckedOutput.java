package io.creek.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Buffers, and tells its own failures from those of a node by {@link OutputFailedException}. One thread. */
final class CheckedOutput extends OutputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final OutputStream out;

    CheckedOutput(OutputStream out) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    }

    @Override
    public void write(int b) throws OutputFailedException {
        try {
            out.write(b);
        } catch (IOException e) {
            throw new OutputFailedException(e);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws OutputFailedException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new OutputFailedException(e);
        }
    }

    @Override
    public void flush() throws OutputFailedException {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputFailedException(e);
        }
    }
}
