package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.NO_MULTI;
import static io.creek.command.CommandSpec.Flag.OTHERS_KEYS;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.ArrayList;
import java.util.List;

/** ENTRIES: whole entries with their versions, tombstones and expired ones too, page by page as SCAN does it: for a dump. */
final class EntriesCommand implements Walk {
    static final CommandSpec SPEC = CommandSpec.named("entries", -2)
            .flags(READONLY, ADMIN, NO_MULTI, OTHERS_KEYS)
            .about("creek", "1.0.0", "O(1) for every call. O(N) for a complete iteration.")
            .syntax("cursor [COUNT count]")
            .does(
                    "Answers the cursor to go on with, some entries (key, value or nil, deadline, versions), and the horizon",
                    (WalkCommand) (request, random) -> walk(request));

    private final long first;
    private final List<Reply> found = new ArrayList<>();
    private long left;
    private long bytes;
    private long horizon;

    private EntriesCommand(long first, long count) {
        this.first = first;
        this.left = count;
    }

    private static Walk walk(Request request) {
        if (!ScanOptions.isCursor(request, 1)) {
            return Walk.refused(ScanOptions.INVALID_CURSOR);
        }
        ScanOptions options = new ScanOptions();
        for (int i = 2; i < request.size(); i += 2) {
            Reply refusal = options.takeCount(request, i);
            if (refusal != null) {
                return Walk.refused(refusal);
            }
        }
        return new EntriesCommand(ScanOptions.cursor(request, 1), options.count());
    }

    @Override
    public long first() {
        return first;
    }

    @Override
    public void horizon(long clock) {
        horizon = clock;
    }

    @Override
    public boolean visit(EntryView entry) {
        byte[] key = new byte[entry.keyLength()];
        System.arraycopy(entry.keyArray(), entry.keyOffset(), key, 0, key.length);
        Reply value = entry.isTombstone() ? Reply.NIL : Reply.bulk(entry.value());
        bytes += key.length + (value instanceof Reply.Bulk bulk ? bulk.length() : 0);
        found.add(Reply.array(
                Reply.bulk(key),
                value,
                Reply.integer(entry.deadlineMillis()),
                Reply.bulk(entry.valueVersion()),
                Reply.bulk(entry.expiryVersion())));
        return --left > 0 && bytes < ScanOptions.REPLY_BYTES_MAX;
    }

    @Override
    public Reply reply(long next) {
        return Reply.array(
                Reply.bulk(Long.toString(next)), new Reply.Array(found), Reply.bulk(String.format("%016x", horizon)));
    }
}
