package io.creek;

import io.creek.command.LatencyHistogram;
import io.creek.log.LogEvents;
import io.creek.log.Sequence;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator what log and store report, and ends the process when they can no longer keep what was promised. */
final class NodeHealth implements LogEvents {
    private static final Logger LOG = LoggerFactory.getLogger(NodeHealth.class);
    private static final int DISK_ERROR = 4;

    private final LatencyHistogram fsyncs = new LatencyHistogram();

    @Override
    public void tailCut(String file, long offset, long bytes, long lastSequence) {
        LOG.warn(
                "{}: cut an unsynced tail of {} bytes at offset {}: a crash interrupted its writing; the last frame kept is {}",
                file,
                bytes,
                offset,
                Sequence.text(lastSequence));
    }

    @Override
    public void forced(long nanos) {
        fsyncs.record(nanos);
    }

    /** How long it took to make the log durable. */
    LatencyHistogram fsyncs() {
        return fsyncs;
    }

    @Override
    public void diskFull(String reason) {
        LOG.error(
                "no space for the commit log: {}. Writes that add data get an error; reads and deletes go on", reason);
    }

    @Override
    public void diskHasRoom() {
        LOG.info("there is space for the commit log again: writes go on");
    }

    @Override
    public void snapshotFailed(String reason) {
        LOG.error("no snapshot was made: {}. The one before and the log still hold everything", reason);
    }

    @Override
    public void failed(String reason, Throwable cause) {
        halt("commit log: " + reason, cause);
    }

    /** Without any more work: what the disk or memory holds now is not known. The next start recovers from the log. */
    void halt(String reason, Throwable cause) {
        LOG.error(
                "{}. The process ends (exit code {}); start it again once the cause is mended",
                reason,
                DISK_ERROR,
                cause);
        Runtime.getRuntime().halt(DISK_ERROR);
    }
}
