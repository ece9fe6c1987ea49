package io.creek.replication;

import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator in the log what {@link Members} report. On replication's thread. */
final class MemberLog implements MemberEvents {
    private static final Logger LOG = LoggerFactory.getLogger(MemberLog.class);

    private final Consumer<String> setAside;
    private final Runnable ready;
    private final ClockGuard clocks;

    /**
     * @param setAside ends the process, after the next start was told to set the data aside
     * @param ready from now on clients are served
     * @param clocks is told what other nodes say of theirs
     */
    MemberLog(Consumer<String> setAside, Runnable ready, ClockGuard clocks) {
        this.setAside = setAside;
        this.ready = ready;
        this.clocks = clocks;
    }

    @Override
    public void listed(long node, String state) {
        switch (state) {
            case "joined" -> LOG.info("node {} is a member", NodeNumber.text(node));
            case "forgetting" ->
                LOG.warn(
                        "node {} is to be forgotten: nothing that it sends is taken any more; it counts until all other members have compared with each other",
                        NodeNumber.text(node));
            default -> {
                clocks.remove(node);
                LOG.warn(
                        "node {} is forgotten: should it come back, it sets its data aside and begins anew",
                        NodeNumber.text(node));
            }
        }
    }

    @Override
    public void listFull(long node) {
        LOG.error(
                "node {} cannot become a member: the list of members, forgotten ones included, has its {} already",
                NodeNumber.text(node),
                MemberList.MEMBERS_MAX);
    }

    @Override
    public void refused(long node) {
        LOG.warn(
                "node {} has data of its own that may be older than what was deleted here, or was forgotten: nothing of it is taken; it will set its data aside",
                NodeNumber.text(node));
    }

    @Override
    public void strange(long node) {
        LOG.error(
                "node {} belongs to another cluster, and both have data: they do not become one. Correct peer_nodes, or give one side empty data directories (data_store_directory)",
                NodeNumber.text(node));
    }

    @Override
    public void clockAhead(long node, long itsMillis, long wallMillis) {
        LOG.warn(
                "this node does not join by way of node {}, whose versions are at {}: this machine's clock says {}, and max_clock_drift is less than the difference. Set the clock that is wrong; if versions remain ahead, this node joins by way of another, or once its clock has caught up",
                NodeNumber.text(node),
                Instant.ofEpochMilli(itsMillis),
                Instant.ofEpochMilli(wallMillis));
    }

    @Override
    public void setAside(String reason) {
        setAside.accept(reason);
    }

    @Override
    public void ready(boolean foundNobody) {
        if (foundNobody) {
            LOG.warn("no peer with data has answered within join_timeout: clients are served without");
        } else {
            LOG.info("clients are served");
        }
        ready.run();
    }

    @Override
    public void heard(long node, long itsWallMillis) {
        clocks.told(node, itsWallMillis);
    }
}
