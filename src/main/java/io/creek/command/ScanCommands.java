package io.creek.command;

import static io.creek.command.CommandSpec.Flag.NO_MULTI;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;
import java.util.random.RandomGenerator;

/** SCAN, KEYS, RANDOMKEY: keys that nobody named. */
final class ScanCommands {
    /** So many keys, from a random place on, does RANDOMKEY choose from: all of a small keyspace, hence fairly. */
    private static final int SAMPLE_MAX = 64;

    private static final int CURSOR_BITS = 53;

    /** What KEYS may answer, bytes of keys. */
    private static final long KEYS_BYTES_MAX = 64 << 20;

    private static final Reply TOO_MANY = Reply.error("ERR more than 64 MiB of keys match; go through them with SCAN");

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("scan", -2)
                    .flags(READONLY, NO_MULTI)
                    .about("generic", "2.8.0", "O(1) for every call. O(N) for a complete iteration.")
                    .syntax("cursor [MATCH pattern] [COUNT count] [TYPE type]")
                    .does("Answers some keys, and the cursor to go on with", (WalkCommand)
                            (request, random) -> scan(request)),
            CommandSpec.named("keys", 2)
                    .flags(READONLY, NO_MULTI)
                    .about("generic", "1.0.0", "O(N) with N being the number of keys in the database")
                    .syntax("pattern")
                    .does("Answers all keys that match", (WalkCommand)
                            (request, random) -> new KeysWalk(Glob.of(request, 1))),
            CommandSpec.named("randomkey", 1)
                    .flags(READONLY, NO_MULTI)
                    .about("generic", "1.0.0", "O(1)")
                    .does("Answers a key by chance", (WalkCommand) (request, random) -> new RandomWalk(random)));

    private ScanCommands() {}

    private static Walk scan(Request request) {
        if (!ScanOptions.isCursor(request, 1)) {
            return Walk.refused(ScanOptions.INVALID_CURSOR);
        }
        ScanOptions options = new ScanOptions();
        Glob pattern = new Glob(new byte[] {'*'});
        boolean strings = true;
        for (int i = 2; i < request.size(); i += 2) {
            boolean hasValue = i + 1 < request.size();
            if (request.is(i, "MATCH") && hasValue) {
                pattern = Glob.of(request, i + 1);
            } else if (request.is(i, "TYPE") && hasValue) {
                strings = request.is(i + 1, "STRING");
            } else {
                Reply refusal = options.takeCount(request, i);
                if (refusal != null) {
                    return Walk.refused(refusal);
                }
            }
        }
        return new ScanWalk(ScanOptions.cursor(request, 1), options.count(), pattern, strings);
    }

    private static boolean matches(Glob pattern, EntryView entry) {
        return entry.exists() && pattern.matches(entry.keyArray(), entry.keyOffset(), entry.keyLength());
    }

    private static final class ScanWalk implements Walk {
        private final long first;
        private final Glob pattern;
        private final boolean strings;
        private final PackedBulks found = new PackedBulks();
        private long left;

        ScanWalk(long first, long count, Glob pattern, boolean strings) {
            this.first = first;
            this.left = count;
            this.pattern = pattern;
            this.strings = strings;
        }

        @Override
        public long first() {
            return first;
        }

        @Override
        public boolean visit(EntryView entry) {
            if (strings && matches(pattern, entry)) {
                found.add(entry.keyArray(), entry.keyOffset(), entry.keyLength());
            }
            return --left > 0 && found.bytes() < ScanOptions.REPLY_BYTES_MAX;
        }

        @Override
        public Reply reply(long next) {
            return Reply.array(Reply.bulk(Long.toString(next)), new Reply.Array(found));
        }
    }

    private static final class KeysWalk implements Walk {
        private final Glob pattern;
        private final PackedBulks found = new PackedBulks();

        KeysWalk(Glob pattern) {
            this.pattern = pattern;
        }

        @Override
        public long first() {
            return 0;
        }

        @Override
        public boolean visit(EntryView entry) {
            if (matches(pattern, entry)) {
                found.add(entry.keyArray(), entry.keyOffset(), entry.keyLength());
            }
            return found.bytes() <= KEYS_BYTES_MAX;
        }

        @Override
        public Reply reply(long next) {
            return found.bytes() > KEYS_BYTES_MAX ? TOO_MANY : new Reply.Array(found);
        }
    }

    private static final class RandomWalk implements Walk {
        private final RandomGenerator random;
        private final PackedBulks found = new PackedBulks();
        private boolean wrapped;

        RandomWalk(RandomGenerator random) {
            this.random = random;
        }

        @Override
        public long first() {
            return random.nextLong(1L << CURSOR_BITS);
        }

        @Override
        public boolean visit(EntryView entry) {
            if (entry.exists()) {
                found.add(entry.keyArray(), entry.keyOffset(), entry.keyLength());
            }
            return found.size() < SAMPLE_MAX;
        }

        @Override
        public long afterLast() {
            if (wrapped) {
                return DONE;
            }
            wrapped = true;
            return 0;
        }

        @Override
        public Reply reply(long next) {
            return found.isEmpty() ? Reply.NIL : found.get(random.nextInt(found.size()));
        }
    }
}
