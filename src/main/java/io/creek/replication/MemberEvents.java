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

    /** This node may not go on with its data. */
    void setAside(String reason);

    /** From now on clients are served. */
    void ready(boolean foundNobody);

    /** A node has just told its wall clock. */
    void heard(long node, long itsWallMillis);
}
