package io.creek.replication;

/** What {@link Members} tell the operator and the rest of the node. Called on the replication thread. */
public interface MemberEvents {
    /** The list says so of another node now. */
    void listed(long node, String state);

    /** The list has no room for it. */
    void listFull(long node);

    /** It has data that may be older than what was dropped here: it has to set them aside, and nothing of it is taken before. */
    void refused(long node);

    /** It belongs to another cluster, which has had a horizon of its own: nothing of it is taken, ever. */
    void strange(long node);

    /** It lists us, and its clock is too far ahead of our wall clock for us to join by way of it. Told again after a minute. */
    void clockAhead(long node, long itsMillis, long wallMillis);

    /** This node may not go on with its data. */
    void setAside(String reason);

    /** From now on clients are served. */
    void ready(boolean foundNobody);

    /** A node has just told its wall clock. */
    void heard(long node, long itsWallMillis);
}
