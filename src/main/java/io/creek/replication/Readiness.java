package io.creek.replication;

import java.util.List;

/**
 * Whether this node serves clients (rules 19 and 20). One that was never ready has nothing, or not all: it is ready once it was compared with a
 * member that is not like it. One that was ready before has what it had, and waits for what the others have written meanwhile, all that answer in
 * its first moments. Either serves without when it finds nobody in time. Of several that have nothing, the least begins and the others wait a
 * little longer for it: who all begin at once are as many clusters, which may have data that does not go together when they meet. Once ready, it
 * stays so.
 *
 * <p>Owned by replication's thread.
 */
final class Readiness {
    /** How much later than those without data others may have started and still be the one that begins. */
    private static final long YIELD_MILLIS = 2_000;

    /** Who is there is asked at once, and again within this time; it then tells of itself. */
    private static final long MEETING_MILLIS = 2_000;

    private final long meetingUntilMillis;
    private final long untilMillis;
    private final boolean filled;
    private boolean ready;
    private boolean timedOut;
    /** Whether there is one that has what is missing here. */
    private boolean answered;

    /**
     * @param filled whether the node was ready in an earlier life
     * @param nowMillis when it starts
     * @param joinMillis for which it waits to find anybody
     */
    Readiness(boolean filled, long nowMillis, long joinMillis) {
        this.filled = filled;
        meetingUntilMillis = nowMillis + Math.min(MEETING_MILLIS, joinMillis);
        untilMillis = nowMillis + joinMillis;
    }

    /**
     * A member that can be reached.
     *
     * @param filling whether it was never ready itself
     * @param ready whether it serves
     * @param least whether its number is less than ours
     * @param compared whether no comparison with it is pending
     * @param caughtUp whether it has brought here what it had when it was met, and what it wrote while it did
     */
    record Met(boolean filling, boolean ready, boolean least, boolean compared, boolean caughtUp) {
        boolean isDone() {
            return compared && caughtUp;
        }
    }

    /**
     * @param met the members that have told of themselves in this life, and can be reached
     * @param others how many members are listed besides this node
     */
    void step(List<Met> met, int others, long nowMillis) {
        if (ready) {
            return;
        }
        if (!filled) {
            ready = met.stream().anyMatch(peer -> !peer.filling && peer.compared);
            answered |= met.stream().anyMatch(peer -> !peer.filling);
            boolean yields = met.stream().anyMatch(peer -> peer.filling && peer.least);
            if (!ready && !answered && nowMillis >= untilMillis + (yields ? YIELD_MILLIS : 0)) {
                ready = true;
                timedOut = true;
            }
            return;
        }
        boolean allDone = met.stream().filter(peer -> !peer.filling).allMatch(Met::isDone);
        boolean readyDone = met.stream().filter(Met::ready).allMatch(Met::isDone);
        boolean anyReady = met.stream().anyMatch(Met::ready);
        boolean allMet = met.size() == others && others > 0;
        boolean missesNone = allMet || nowMillis >= meetingUntilMillis;
        ready = anyReady ? readyDone && missesNone : allMet && allDone;
        if (!ready && !anyReady && nowMillis >= untilMillis) {
            ready = true;
            timedOut = true;
        }
    }

    boolean isReady() {
        return ready;
    }

    /** Whether nobody was found that it could have waited for. */
    boolean hasTimedOut() {
        return timedOut;
    }
}
