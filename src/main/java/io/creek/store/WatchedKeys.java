package io.creek.store;

import io.creek.protocol.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that a client watches, each with the state that it was seen in. EXEC locks them with its own and compares: optimistic
 * concurrency control by versions, without anything to keep or clean up in the shards. A key that expires changes its state by that.
 *
 * <p>Owned by the session; filled and compared on the loops of the shards while its session waits.
 */
public final class WatchedKeys {
    private record Watched(Request request, int position, KeyState state) {}

    private final List<Watched> keys = new ArrayList<>();

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    public int size() {
        return keys.size();
    }

    /** The first sight of a key counts; one seen again changes nothing, because one of both has changed if they differ. */
    void add(Request request, int position, KeyState state) {
        keys.add(new Watched(request, position, state));
    }

    Request request(int i) {
        return keys.get(i).request;
    }

    int position(int i) {
        return keys.get(i).position;
    }

    /** Whether the keys that the working set sees are as they were. */
    boolean areUnchanged(WorkingSet seen) {
        for (int i = 0; i < keys.size(); i++) {
            if (!keys.get(i).state.equals(seen.state(i))) {
                return false;
            }
        }
        return true;
    }
}
