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
 * whenever locks were released. An operation over every key waits until nothing is locked, and nothing is locked before it, so that it is
 * not kept out for ever. Deadlock cannot be: operations lock shard after shard in the same order, and all their keys of one shard at once.
 * Keys are known by placement: two keys with the same one share a lock, which only makes somebody wait.
 *
 * <p>Owned by the shard's event loop; empty, and free of cost, as long as nobody uses several shards at once.
 */
final class KeyLocks {
    private final Set<Long> locked = new HashSet<>();
    private final ArrayDeque<ShardTask> waiting = new ArrayDeque<>();
    private final Set<StoreOperation.Owner> waitingClients = new HashSet<>();
    private boolean everything;
    private boolean everythingWanted;

    /** Whether nothing is locked and nobody waits. */
    boolean isEmpty() {
        return isFree() && waiting.isEmpty();
    }

    /** Whether nothing is locked. */
    boolean isFree() {
        return locked.isEmpty() && !everything;
    }

    boolean isLocked(long placement) {
        return everything || (!locked.isEmpty() && locked.contains(placement));
    }

    boolean isEverythingLocked() {
        return everything;
    }

    void lock(long placement) {
        locked.add(placement);
    }

    void unlock(long placement) {
        locked.remove(placement);
    }

    void lockEverything() {
        everything = true;
    }

    void unlockEverything() {
        everything = false;
    }

    /** Whether the task has to wait; if so it is kept. */
    boolean defer(ShardTask task, Shard shard) {
        if (task.holdsLocks()) {
            return false;
        }
        if (everythingWanted || waitingClients.contains(task.client()) || task.mustWait(shard)) {
            waiting.add(task);
            waitingClients.add(task.client());
            everythingWanted |= task.isOverEveryKey();
            return true;
        }
        return false;
    }

    /**
     * Tries the waiting tasks again, in the order in which they came. While others of the shard wait for versions they stay: behind those they would
     * run after what their own clients have sent later. The shard tries them when it has versions.
     */
    void retry(Shard shard) {
        if (waiting.isEmpty() || shard.isAwaitingVersions()) {
            return;
        }
        List<ShardTask> tasks = new ArrayList<>(waiting);
        waiting.clear();
        waitingClients.clear();
        everythingWanted = false;
        tasks.forEach(shard::retry);
    }
}
