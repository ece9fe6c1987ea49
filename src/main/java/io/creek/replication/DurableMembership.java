package io.creek.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * The membership as it is durable, and as it will be. It counts, and is told, only once the log has it: a node that forgot whom it had listed could
 * close versions without them.
 *
 * <p>Owned by replication's thread.
 */
final class DurableMembership {
    /** When the log had no room. */
    private static final long LOG_AGAIN_MILLIS = 5_000;

    private final Replica replica;
    private final Replication replication;
    private final LongSupplier monotonicMillis;
    private final BiConsumer<MemberList, MemberList> logged;
    private Membership durable;
    private Membership next;
    private long loggedAtMillis = Long.MIN_VALUE / 2;

    /**
     * @param kept what was durable in an earlier life
     * @param logged told the list before and the one that counts now
     */
    DurableMembership(
            Membership kept,
            Replica replica,
            Replication replication,
            LongSupplier monotonicMillis,
            BiConsumer<MemberList, MemberList> logged) {
        this.durable = kept;
        this.next = kept;
        this.replica = replica;
        this.replication = replication;
        this.monotonicMillis = monotonicMillis;
        this.logged = logged;
    }

    Membership durable() {
        return durable;
    }

    /** What will be durable, if the log takes it. */
    Membership next() {
        return next;
    }

    /** Has it logged. */
    void change(Membership wanted) {
        next = wanted;
        log();
    }

    /** Logs what is not logged yet, when it may be. */
    void log() {
        if (isLogging() || next.equals(durable) || !areRetired()) {
            return;
        }
        loggedAtMillis = monotonicMillis.getAsLong();
        Membership written = next;
        replica.logMembers(written.encode(), () -> {
            loggedAtMillis = Long.MIN_VALUE / 2;
            MemberList before = durable.list();
            durable = written;
            logged.accept(before, written.list());
            log();
        });
    }

    /** Whether all is durable, and nothing else is on its way to the log. */
    boolean isLogged() {
        return !isLogging() && next.equals(durable);
    }

    private boolean isLogging() {
        return monotonicMillis.getAsLong() - loggedAtMillis < LOG_AGAIN_MILLIS;
    }

    /** What was given up sends nothing here any more, and nothing of it is being merged: only then it is told. */
    private boolean areRetired() {
        for (Member member : next.list().all()) {
            if (member.state() != Member.State.JOINED && replication.has(member.node())) {
                try {
                    if (!replication.retire(member.node())) {
                        return false;
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return true;
    }
}
