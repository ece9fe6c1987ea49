package io.creek;

import io.creek.store.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of a cluster have sent and were told, and whether what all nodes hold in the end can have come of it. Any thread notes, none while it
 * is checked.
 *
 * <p>A key is either written once, by the one client that knows its name, or by all. A write of the latter is made in one transaction with that of a
 * key of its own, its <em>trace</em>, which nobody else touches: both get the same version, so that the dump tells the version of every write
 * that was executed, and the greatest has to be that of the key.
 */
final class ClusterHistory {
    /** What became of what was sent. */
    enum Fate {
        /** The connection was lost first, so it was executed or not. */
        UNKNOWN,
        ACKNOWLEDGED,
        /** An error: it was not executed. */
        REFUSED
    }

    /** A restarted node's clock may be so far ahead, and skewed ones are. */
    static final long AHEAD_MILLIS_MAX = 6_000;

    static final int CLOCK_COUNTER_BITS = 16;
    private static final int TOLD_MAX = 20;

    /** A write of a key that only its client knows. */
    static final class Once {
        private final String key;
        private final String value;
        private final long sentMillis;
        /** 0 for none. */
        private final long ttlMillis;

        private volatile Fate fate = Fate.UNKNOWN;
        private volatile boolean deletionSent;
        private volatile boolean deleted;

        private Once(String key, String value, long sentMillis, long ttlMillis) {
            this.key = key;
            this.value = value;
            this.sentMillis = sentMillis;
            this.ttlMillis = ttlMillis;
        }

        String key() {
            return key;
        }

        void end(Fate ended) {
            fate = ended;
        }

        void sendDeletion() {
            deletionSent = true;
        }

        /** It was there, and was deleted. */
        void confirmDeletion() {
            deleted = true;
        }
    }

    /** What is done to a key that all clients write. */
    enum Change {
        SET,
        SET_WITH_TTL,
        DELETE,
        EXPIRE,
        PERSIST
    }

    /** A change of a key that all clients write, and the trace that it leaves. */
    static final class Shared {
        private final String key;
        private final Change change;
        private final Once trace;
        private volatile boolean hadEffect;
        private volatile @Nullable String seen;

        private Shared(String key, Change change, Once trace) {
            this.key = key;
            this.change = change;
            this.trace = trace;
        }

        String traceKey() {
            return trace.key;
        }

        /** The value of a SET, which no other has, and of the trace. */
        String value() {
            return trace.value;
        }

        /**
         * @param value that the key had before
         * @param effect whether anything was changed
         */
        void acknowledge(@Nullable String value, boolean effect) {
            seen = value;
            hadEffect = effect;
            trace.end(Fate.ACKNOWLEDGED);
        }

        void refuse() {
            trace.end(Fate.REFUSED);
        }

        private boolean isSet() {
            return change == Change.SET || change == Change.SET_WITH_TTL;
        }
    }

    /** A FLUSHALL, and a key written after it by the same client, whose version is above its own. */
    static final class Flush {
        private final long sentMillis;
        private volatile long endedMillis = Long.MAX_VALUE;
        private volatile @Nullable Once after;
        private volatile boolean refused;

        private Flush(long sentMillis) {
            this.sentMillis = sentMillis;
        }

        void acknowledge(long nowMillis, Once written) {
            after = written;
            endedMillis = nowMillis;
        }

        /** It was not executed. */
        void refuse() {
            refused = true;
        }

        /** The latest that its version can be. */
        private long millisMax(ClusterDump dump) {
            Once written = after;
            if (written == null) {
                return Long.MAX_VALUE;
            }
            return dump.find(written.key).map(line -> millis(line.written())).orElse(endedMillis + AHEAD_MILLIS_MAX);
        }
    }

    private final Map<String, Once> onces = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Shared> shared = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Flush> flushes = new ConcurrentLinkedQueue<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final long behindMillisMax;

    /** @param behindMillisMax how far the clock of a node may be behind that of the clients */
    ClusterHistory(long behindMillisMax) {
        this.behindMillisMax = behindMillisMax;
    }

    /** @param ttlMillis 0 for none */
    Once once(String key, String value, long nowMillis, long ttlMillis) {
        Once once = new Once(key, value, nowMillis, ttlMillis);
        onces.put(key, once);
        return once;
    }

    Shared shared(String key, Change change, String trace, long nowMillis) {
        Shared made = new Shared(key, change, once(trace, change + " " + trace, nowMillis, 0));
        shared.add(made);
        return made;
    }

    Flush flush(long nowMillis) {
        Flush flush = new Flush(nowMillis);
        flushes.add(flush);
        return flush;
    }

    /** The first things that cannot be; empty when all can. */
    List<String> violations(ClusterDump dump) {
        List<String> violations = new ArrayList<>();
        for (Once once : onces.values()) {
            acknowledged.addAndGet(once.fate == Fate.ACKNOWLEDGED ? 1 : 0);
            check(once, dump, violations);
        }
        Map<String, List<Shared>> byKey = new HashMap<>();
        shared.forEach(change ->
                byKey.computeIfAbsent(change.key, key -> new ArrayList<>()).add(change));
        byKey.forEach((key, changes) -> check(key, changes, dump, violations));
        dump.lines().forEach((key, line) -> {
            if (line.isVisible() && !onces.containsKey(key) && !byKey.containsKey(key)) {
                violations.add("stranger: " + key + " was never written, " + line + " is there");
            }
            if (line.isVisible() && flushes.stream().anyMatch(flush -> isBefore(line.written(), flush))) {
                violations.add(
                        "flushed: " + key + " was written before an acknowledged FLUSHALL, " + line + " is there");
            }
        });
        return violations.size() <= TOLD_MAX ? violations : violations.subList(0, TOLD_MAX);
    }

    private boolean isBefore(Version version, Flush flush) {
        return flush.after != null && millis(version) < flush.sentMillis - behindMillisMax;
    }

    private static long millis(Version version) {
        return version.clock() >>> CLOCK_COUNTER_BITS;
    }

    /** Whether a FLUSHALL can have a version above one that was sent at that time. */
    private boolean mayBeFlushed(long sentMillis, ClusterDump dump) {
        return flushes.stream()
                .anyMatch(flush -> !flush.refused && flush.millisMax(dump) >= sentMillis - behindMillisMax);
    }

    private void check(Once once, ClusterDump dump, List<String> violations) {
        ClusterDump.@Nullable Line line = dump.lines().get(once.key);
        if (line != null && line.isVisible()) {
            if (!once.value.equals(line.value())) {
                violations.add("torn: " + once.key + ": expected " + once.value + ", actual " + line);
            } else if (once.deleted) {
                violations.add("resurrected: " + once.key + " was deleted, " + line + " is there");
            } else if (once.fate == Fate.REFUSED) {
                violations.add("refused: " + once.key + " was answered with an error, " + line + " is there");
            } else if ((once.ttlMillis > 0) != (line.deadlineMillis() > 0)) {
                violations.add(
                        "deadline: " + once.key + ": expected a TTL of " + once.ttlMillis + " ms, actual " + line);
            }
        } else if (once.fate == Fate.ACKNOWLEDGED
                && !once.deletionSent
                && once.ttlMillis == 0
                && !mayBeFlushed(once.sentMillis, dump)) {
            violations.add("lost: " + once.key + " was acknowledged, " + line + " is there");
        }
    }

    private void check(String key, List<Shared> changes, ClusterDump dump, List<String> violations) {
        Map<Version, Shared> executed = new HashMap<>();
        changes.forEach(
                change -> dump.find(change.trace.key).ifPresent(trace -> executed.put(trace.written(), change)));
        // The greatest of those that certainly have written; a deletion that nobody was told of may have found nothing.
        Version least = new Version(0, 0);
        Version greatest = least;
        for (Map.Entry<Version, Shared> each : executed.entrySet()) {
            Shared change = each.getValue();
            boolean deleted = change.change == Change.DELETE;
            if ((change.isSet() || (deleted && change.hadEffect))
                    && each.getKey().compareTo(least) > 0) {
                least = each.getKey();
            }
            boolean mayHaveWritten = deleted && change.trace.fate == Fate.UNKNOWN;
            if (mayHaveWritten && each.getKey().compareTo(greatest) > 0) {
                greatest = each.getKey();
            }
        }
        greatest = greatest.compareTo(least) > 0 ? greatest : least;
        ClusterDump.@Nullable Line line = dump.lines().get(key);
        Shared newest = executed.get(line == null ? greatest : line.written());
        if (line == null) {
            if (newest != null && newest.isSet() && !canHaveExpired(newest, changes)) {
                violations.add("lost: " + key + ": expected that of " + newest.traceKey() + ", actual nothing");
            }
        } else if (line.written().compareTo(least) < 0) {
            violations.add("older: %s: expected that of %s, actual %s"
                    .formatted(key, Objects.requireNonNull(executed.get(least)).traceKey(), line));
        } else if (newest == null) {
            // Its trace is in the same transaction, so that a FLUSHALL takes both.
            if (line.isVisible()) {
                violations.add("half: " + key + ": expected the trace of " + line);
            }
        } else if (line.isVisible() && !newest.value().equals(line.value())) {
            violations.add("torn: " + key + ": expected " + newest.value() + ", actual " + line);
        } else if (!line.isVisible() && newest.isSet() && !canHaveExpired(newest, changes)) {
            violations.add("lost: " + key + ": " + newest.traceKey() + " set it for good, actual " + line);
        } else if (line.isVisible()) {
            checkExpiry(key, line, changes, dump, violations);
        }
    }

    private static boolean canHaveExpired(Shared set, List<Shared> changes) {
        return set.change == Change.SET_WITH_TTL
                || changes.stream()
                        .anyMatch(change -> change.change == Change.EXPIRE
                                && (change.trace.fate == Fate.UNKNOWN
                                        || set.value().equals(change.seen)));
    }

    /** Of the changes of its deadline that have seen this value, the newest holds. */
    private static void checkExpiry(
            String key, ClusterDump.Line line, List<Shared> changes, ClusterDump dump, List<String> violations) {
        Version newest = line.written();
        boolean known = line.expiry().equals(line.written());
        for (Shared change : changes) {
            Version version =
                    dump.find(change.trace.key).map(ClusterDump.Line::written).orElse(line.written());
            boolean changesDeadline = change.change == Change.EXPIRE || change.change == Change.PERSIST;
            known |= changesDeadline && version.equals(line.expiry());
            if (changesDeadline
                    && change.hadEffect
                    && Objects.equals(change.seen, line.value())
                    && version.compareTo(newest) > 0) {
                newest = version;
            }
        }
        if (line.expiry().compareTo(newest) < 0 || !known) {
            violations.add("deadline: " + key + ": expected that of " + newest + ", actual " + line);
        }
    }

    /** How many writes were acknowledged, as of the last check. */
    int acknowledged() {
        return acknowledged.get();
    }
}
