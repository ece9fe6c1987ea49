package io.creek.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of one shard that operations over several shards hold, and the tasks that wait for them.
 *
 * <p>A task that meets a locked key waits, and with it whatever its client sends after it; tasks that wait are tried again, oldest first,
 * whenever locks were released. Deadlock cannot be: operations lock shard after shard in the same order, and all their keys of one shard
 * at once. Keys are known by placement: two keys with the same one share a lock, which only makes somebody wait.
 *
 * <p>Owned by the shard's event loop; empty, and free of cost, as long as nobody uses several shards at once.
 */
final class KeyLocks {
    private final Set<Long> locked = new HashSet<>();
    private final ArrayDeque<ShardTask> waiting = new ArrayDeque<>();
    private final Set<StoreOperation.Owner> waitingClients = new HashSet<>();

    /** Whether nothing is locked and nobody waits. */
    boolean isEmpty() {
        return locked.isEmpty() && waiting.isEmpty();
    }

    boolean isLocked(long placement) {
        return !locked.isEmpty() && locked.contains(placement);
    }

    void lock(long placement) {
        locked.add(placement);
    }

    void unlock(long placement) {
        locked.remove(placement);
    }

    /** Whether the task has to wait; if so it is kept. */
    boolean defer(ShardTask task, Shard shard) {
        if (waitingClients.contains(task.client()) || task.mustWait(shard)) {
            waiting.add(task);
            waitingClients.add(task.client());
            return true;
        }
        return false;
    }

    /** Tries the waiting tasks again, in the order in which they came. */
    void retry(Shard shard) {
        if (waiting.isEmpty()) {
            return;
        }
        List<ShardTask> tasks = new ArrayList<>(waiting);
        waiting.clear();
        waitingClients.clear();
        for (ShardTask task : tasks) {
            shard.submit(task);
        }
    }
}
