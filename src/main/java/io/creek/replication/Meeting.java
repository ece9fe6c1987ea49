package io.creek.replication;

/**
 * What becomes of two nodes that hear of each other (rules 16 and 18), as one of them sees it. The other comes to what fits.
 *
 * <p>What a list's members have merged and dropped since the horizon rose, an older write of a stranger could bring back, or it would be ignored
 * at some of them and not at others. So a list whose horizon may have risen takes in only who has nothing of its own, or nothing that old.
 */
enum Meeting {
    /** Each is on the other's list, or the lists have members in common, as those of two nodes that have just joined: they are merged. */
    KNOWN,
    /** Neither list has had a horizon: they become one. */
    UNITE,
    /** It comes onto ours, with those on its list; it joins when it has seen that. */
    LIST,
    /** We are on its list, which becomes ours; our clock has to be above its own first. */
    JOIN,
    /** One of the two has to do something first. */
    WAIT,
    /** We have data of our own that may be older than its horizon, or it knows that our number was given up. */
    SET_ASIDE,
    /** The same of the other. */
    REFUSE,
    /** Two lists that both have had a horizon, and do not know each other. */
    STRANGE;

    /**
     * One of the two.
     *
     * @param fresh see {@link StatusMessage#fresh}
     * @param filled whether it has ever served, and may have made versions
     * @param bound no horizon that was computed with its help is above
     */
    record Side(long node, MemberList list, boolean fresh, boolean filled, long bound) {
        static Side of(StatusMessage status) {
            return new Side(status.sender(), status.list(), status.fresh(), !status.filling(), status.bound());
        }
    }

    static Meeting of(Side mine, Side theirs) {
        if (theirs.list.givesUp(mine.node)) {
            return SET_ASIDE;
        }
        if (mine.list.givesUp(theirs.node)) {
            return REFUSE;
        }
        boolean listed = mine.list.includes(theirs.node);
        boolean lists = theirs.list.includes(mine.node);
        if (listed && lists) {
            return KNOWN;
        }
        if (mine.fresh) {
            return !theirs.fresh && lists ? JOIN : WAIT;
        }
        if (theirs.fresh) {
            return LIST;
        }
        boolean established = mine.list.isEstablished();
        if (established == theirs.list.isEstablished()) {
            if (established) {
                return listed || lists || mine.list.sharesMemberWith(theirs.list) ? KNOWN : STRANGE;
            }
            return UNITE;
        }
        if (established) {
            // One that we list has seen that, unless its status is old or its log lost it: then it finds out by itself.
            // One that joined
            // by way of others, and has nothing of its own, is listed by those.
            return isNewer(theirs, mine) ? LIST : listed || !theirs.filled ? WAIT : REFUSE;
        }
        if (!isNewer(mine, theirs)) {
            return mine.filled ? SET_ASIDE : WAIT;
        }
        return lists ? JOIN : WAIT;
    }

    /** Whether all who are on the one list and not on the other began above the other's bound; and the node itself, who may have served since. */
    private static boolean isNewer(Side one, Side other) {
        return one.list.all().stream()
                .allMatch(member -> member.begun() > other.bound
                        || (member.node() != one.node && other.list.includes(member.node())));
    }
}
