package io.creek.replication;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import io.creek.config.HostPort;
import io.vertx.core.Completable;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the event bus asks of its cluster manager, answered from Hazelcast's list of members and what each member says of itself there. Vert.x' own
 * keeps where members are and what they subscribe to in maps that all of them hold together: of those a partition, a merge, or a member that is
 * slow to notice that another was gone and is back, takes entries away, and a call to them may end never. Nor is anything set up in common: that
 * would fail beside a member that is frozen.
 *
 * <p>So there is one address to each member and no other subscription. A member that was taken off the list, or was never on ours, may be reached
 * all the same: what it is known by is kept until {@link #forget}. Any thread.
 */
final class BusMembers extends HazelcastClusterManager {
    /** By which Vert.x knows its own members; it sets this itself where it makes the instance. */
    private static final String ID = "__vertx.nodeId";

    private static final String BUS_HOST = "creek.bus.host";
    private static final String BUS_PORT = "creek.bus.port";
    private static final String ADDRESS = "creek.member.";

    private final HazelcastInstance instance;
    private final String id;
    private final Map<String, HostPort> places = new ConcurrentHashMap<>();
    private volatile @Nullable UUID listening;
    private volatile @Nullable NodeInfo own;
    private volatile @Nullable NodeListener nodes;
    private volatile @Nullable RegistrationListener registrations;

    BusMembers(HazelcastInstance instance) {
        super(instance);
        this.instance = instance;
        id = instance.getCluster().getLocalMember().getAttribute(ID);
    }

    /** Has the member say on the list where its event bus will be. */
    static void describe(Config config, HostPort bus) {
        config.getMemberAttributeConfig()
                .setAttribute(ID, UUID.randomUUID().toString())
                .setAttribute(BUS_HOST, bus.host())
                .setAttribute(BUS_PORT, String.valueOf(bus.port()));
    }

    /** Of the member, on the event bus. */
    static String address(String member) {
        return ADDRESS + member;
    }

    /** Stands for whoever has its event bus there. */
    static String at(HostPort place) {
        return "at " + place;
    }

    /** Where the event bus of a member is that is listed, or kept. */
    Optional<HostPort> place(String member) {
        HostPort kept = places.get(member);
        return kept != null ? Optional.of(kept) : listed(member);
    }

    private Optional<HostPort> listed(String id) {
        return members().stream()
                .filter(member -> id.equals(member.getAttribute(ID)))
                .findFirst()
                .flatMap(BusMembers::place);
    }

    /** Nobody once Hazelcast has ended. */
    private Set<Member> members() {
        try {
            return instance.getCluster().getMembers();
        } catch (HazelcastInstanceNotActiveException e) {
            return Set.of();
        }
    }

    private static Optional<HostPort> place(Member member) {
        String host = member.getAttribute(BUS_HOST);
        String port = member.getAttribute(BUS_PORT);
        try {
            return host == null || port == null
                    ? Optional.empty()
                    : Optional.of(new HostPort(host, Integer.parseInt(port)));
        } catch (IllegalArgumentException e) {
            // No node of this version; it is no one to talk to.
            return Optional.empty();
        }
    }

    /** The member can be reached there whether it is listed or not. */
    void keep(String member, HostPort bus) {
        places.put(member, bus);
    }

    /** The member is gone for good. */
    void forget(String member) {
        places.remove(member);
        RegistrationListener listener = registrations;
        if (listener != null) {
            listener.registrationsUpdated(new RegistrationUpdateEvent(address(member), List.of()));
        }
    }

    @Override
    public void join(Completable<Void> promise) {
        listening = instance.getCluster().addMembershipListener(this);
        promise.succeed();
    }

    /** Only Vert.x does: the member stays until Hazelcast ends. */
    @Override
    public void leave(Completable<Void> promise) {
        UUID listener = listening;
        listening = null;
        if (listener != null && instance.getLifecycleService().isRunning()) {
            instance.getCluster().removeMembershipListener(listener);
        }
        promise.succeed();
    }

    @Override
    public boolean isActive() {
        return listening != null;
    }

    @Override
    public String getNodeId() {
        return id;
    }

    @Override
    public List<String> getNodes() {
        return members().stream()
                .map(member -> member.getAttribute(ID))
                .filter(Objects::nonNull)
                .toList();
    }

    @Override
    public void nodeListener(NodeListener listener) {
        nodes = listener;
    }

    @Override
    public void registrationListener(RegistrationListener listener) {
        registrations = listener;
    }

    @Override
    public synchronized void memberAdded(MembershipEvent event) {
        NodeListener listener = nodes;
        if (listener != null) {
            listener.nodeAdded(event.getMember().getAttribute(ID));
        }
    }

    @Override
    public synchronized void memberRemoved(MembershipEvent event) {
        NodeListener listener = nodes;
        if (listener != null) {
            listener.nodeLeft(event.getMember().getAttribute(ID));
        }
    }

    /** A merge changes the list, and tells so by the other events. */
    @Override
    public void stateChanged(LifecycleEvent event) {}

    @Override
    public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
        own = info;
        promise.succeed();
    }

    @Override
    public synchronized @Nullable NodeInfo getNodeInfo() {
        return own;
    }

    @Override
    public void getNodeInfo(String member, Completable<NodeInfo> promise) {
        place(member)
                .ifPresentOrElse(
                        place -> promise.succeed(new NodeInfo(place.host(), place.port(), new JsonObject())),
                        () -> promise.fail("member " + member + ": not known"));
    }

    @Override
    public void addRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
        promise.succeed();
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
        promise.succeed();
    }

    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
        String member = address.startsWith(ADDRESS) ? address.substring(ADDRESS.length()) : "";
        promise.succeed(
                place(member).isPresent()
                        ? List.of(new RegistrationInfo(member, 1, false))
                        : List.<RegistrationInfo>of());
    }
}
