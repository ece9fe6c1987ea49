package io.creek.replication;

import java.util.HashMap;
import java.util.Map;

/**
 * How the horizon rises (rules 11 to 13). Pure: everything is told to it.
 *
 * <p>A <i>frontier</i> is a fact of a node: everything that any member has made at or below it is durably merged there. The least of all members'
 * frontiers, G, is a fact of all. What G was at a time T becomes the horizon once G has come to T: then also whatever was still made from older
 * values meanwhile – an EXPIRE of what others had deleted – has arrived everywhere, and met the tombstone.
 *
 * <p>Always: frontiers of different lists are never compared; what is told only rises. Owned by replication's thread.
 */
final class Horizon {
    private final long self;
    private MemberList list;
    /** By member: the closed version of it that is durably merged here. Facts, whatever the list. */
    private final Map<Long, Long> closed = new HashMap<>();
    /** What others have told under this list. */
    private final Map<Long, Told> told = new HashMap<>();

    private long frontier;
    /** The horizon to be, and the time to wait for; 0 when there is none. */
    private long candidate;

    private long candidateTime;

    /** @param clock the greatest clock value of its sender when it told the frontier */
    private record Told(long frontier, long clock) {}

    Horizon(long self, MemberList list) {
        this.self = self;
        this.list = list;
    }

    /** From now on this list counts. */
    void under(MemberList now) {
        if (now.hash() != list.hash()) {
            told.clear();
            frontier = 0;
            candidate = 0;
        }
        list = now;
    }

    /** A closed version of a member, this node perhaps: all at or below it is durably merged here. */
    void closed(long member, long clock) {
        closed.merge(member, clock, Math::max);
    }

    /** A member has told its frontier under the list with that hash. */
    void told(long member, long listHash, long itsFrontier, long itsClock) {
        if (listHash == list.hash() && itsFrontier > 0) {
            told.merge(
                    member,
                    new Told(itsFrontier, itsClock),
                    (before, now) ->
                            new Told(Math.max(before.frontier, now.frontier), Math.max(before.clock, now.clock)));
        }
    }

    /** Of this node under its list; 0 while a member is missing. */
    long frontier() {
        long least = Long.MAX_VALUE;
        for (long member : list.counted()) {
            least = Math.min(least, closed.getOrDefault(member, 0L));
        }
        frontier = Math.max(frontier, least == Long.MAX_VALUE ? 0 : least);
        return frontier;
    }

    /**
     * The horizon that may be used now, or 0 for none that is new.
     *
     * @param horizon the present one
     * @param clock the greatest clock value of this node
     */
    long rise(long horizon, long clock) {
        if (!list.isEstablished()) {
            return 0;
        }
        long everywhere = frontier();
        long time = clock;
        for (long member : list.counted()) {
            if (member != self) {
                Told of = told.get(member);
                if (of == null) {
                    return 0;
                }
                everywhere = Math.min(everywhere, of.frontier);
                time = Math.max(time, of.clock);
            }
        }
        long risen = 0;
        if (candidate > 0 && everywhere >= candidateTime) {
            risen = candidate > horizon ? candidate : 0;
            candidate = 0;
        }
        if (candidate == 0 && everywhere > Math.max(horizon, risen)) {
            candidate = everywhere;
            candidateTime = time;
        }
        return risen;
    }

    /** Whether a horizon that a member uses under the list with that hash may be used here too: it has had all up to there from here. */
    boolean mayAdopt(long horizon, long listHash) {
        return listHash == list.hash() && list.isEstablished() && horizon <= frontier();
    }
}
