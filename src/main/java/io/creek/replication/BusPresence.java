package io.creek.replication;

import io.creek.config.HostPort;
import io.creek.config.StartupException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.NodeListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes can be reached. The cluster's list says whom to ask; who was once known is asked too, and whoever is where the configuration says that
 * nodes are, every {@value #LOOK_MILLIS} ms. Who answers is there, and tells its number. So a node is found as soon as the network lets it be, however
 * long the cluster takes to put its list together.
 *
 * <p>Belongs to the context of an event loop, and calls the listener there. Of two processes with one number that take part already, the one that
 * came to the cluster later has to go; one that has not begun never does.
 */
final class BusPresence implements BusTransport.Contacts {

    static final long LOOK_MILLIS = 2_000;

    /** Of a member that was listed just now, and has not answered. */
    private static final long ASK_AGAIN_MILLIS = 200;

    /** So long a node that starts waits for the answers of all that are listed: one may have its number. */
    private static final long FIRST_ANSWER_MILLIS = 1_000;

    /** Who has not answered for so long is told of; off the list, it is not there. */
    static final long SILENT_MILLIS_MAX = 10_000;

    /** Off the list and silent, it is asked no more. */
    private static final long KEPT_MILLIS_MAX = 600_000;

    private static final int KEPT_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(BusPresence.class);

    /** Another process of the cluster. */
    private static final class Other {
        final String member;
        boolean listed;
        /** What it said of itself when it answered last. */
        @Nullable
        BusIdentity identity;

        /** It answers, and the listener has been told. */
        boolean reached;

        boolean silent;
        final long foundMillis;
        long answeredMillis;

        Other(String member, long nowMillis) {
            this.member = member;
            foundMillis = nowMillis;
            answeredMillis = nowMillis;
        }

        boolean isNode(long number) {
            return identity != null && identity.node() == number;
        }
    }

    private final Vertx vertx;
    private final Context context;
    private final BusMembers members;
    private final BusTransport transport;
    private final BusIdentity self;
    private final PresenceListener listener;
    private final Supplier<Set<HostPort>> places;
    private final LongSupplier monotonicMillis;
    private final Promise<Void> started = Promise.promise();

    private final Map<String, Other> others = new HashMap<>();

    /** Where somebody may be, as it was looked up last. */
    private Set<HostPort> known = Set.of();

    private boolean lookingUp;

    /** Others may know us. */
    private boolean announced;

    private boolean askingAgain;
    private boolean stopped;
    private long timer;

    /**
     * On the context it will belong to.
     *
     * @param places where the configuration says that nodes are; may block
     */
    BusPresence(
            Vertx vertx,
            BusMembers members,
            BusTransport transport,
            BusIdentity self,
            PresenceListener listener,
            Supplier<Set<HostPort>> places,
            LongSupplier monotonicMillis) {
        this.vertx = vertx;
        context = vertx.getOrCreateContext();
        this.members = members;
        this.transport = transport;
        this.self = self;
        this.listener = listener;
        this.places = places;
        this.monotonicMillis = monotonicMillis;
    }

    /** Ends when the others can find us, or with a {@link StartupException} when one of them has our number. */
    Future<Void> start() {
        members.nodeListener(new NodeListener() {
            @Override
            public void nodeAdded(String id) {
                context.runOnContext(ignored -> look());
            }

            @Override
            public void nodeLeft(String id) {
                context.runOnContext(ignored -> look());
            }
        });
        transport.listen(this);
        timer = vertx.setPeriodic(LOOK_MILLIS, ignored -> {
            look();
            others.values().forEach(other -> transport.ask(other.member));
            forgetSilent();
            lookUp();
        });
        look();
        lookUp();
        return started.future();
    }

    void stop() {
        stopped = true;
        vertx.cancelTimer(timer);
    }

    private boolean isOver() {
        return stopped || !members.isActive();
    }

    /** Follows the list. */
    private void look() {
        if (isOver()) {
            return;
        }
        List<String> listed = members.getNodes();
        for (String member : listed) {
            if (!member.equals(self.member())) {
                Other other = others.get(member);
                if (other == null) {
                    other = found(member);
                }
                other.listed = true;
            }
        }
        for (Other other : List.copyOf(others.values())) {
            if (other.listed && !listed.contains(other.member)) {
                other.listed = false;
                vanish(other);
            }
        }
        decide();
    }

    /** Asks where somebody may be whom no list names. Names are looked up each time: a node may have moved. */
    private void lookUp() {
        if (lookingUp || isOver()) {
            return;
        }
        lookingUp = true;
        vertx.executeBlocking(places::get).onComplete(found -> {
            lookingUp = false;
            if (found.succeeded() && !isOver()) {
                askAt(found.result());
            }
        });
    }

    private void askAt(Set<HostPort> found) {
        Set<HostPort> reached = others.values().stream()
                .filter(other -> other.reached)
                .map(other -> Objects.requireNonNull(other.identity).bus())
                .collect(Collectors.toSet());
        known.stream()
                .filter(place -> !found.contains(place))
                .map(BusMembers::at)
                .forEach(this::forget);
        known = found;
        for (HostPort place : found) {
            if (!reached.contains(place)) {
                members.keep(BusMembers.at(place), place);
                transport.askAt(place);
            }
        }
    }

    private void forget(String member) {
        members.forget(member);
        transport.forget(member);
    }

    private Other found(String member) {
        Other other = new Other(member, monotonicMillis.getAsLong());
        others.put(member, other);
        transport.ask(member);
        return other;
    }

    @Override
    public void asked(BusIdentity by) {
        if (isOver() || by.member().equals(self.member())) {
            return;
        }
        if (!others.containsKey(by.member())) {
            members.keep(by.member(), by.bus());
            found(by.member());
        }
        if (announced) {
            transport.answer(by.member());
        }
    }

    @Override
    public void answered(BusIdentity by) {
        Other other = others.get(by.member());
        if (isOver() || other == null) {
            return;
        }
        members.keep(by.member(), by.bus());
        other.identity = by;
        other.answeredMillis = monotonicMillis.getAsLong();
        if (other.silent) {
            other.silent = false;
            LOG.info("node {} at {} answers again", by.name(), by.client());
        }
        if (!other.reached) {
            appear(other, by);
        }
        decide();
    }

    private void appear(Other other, BusIdentity identity) {
        other.reached = true;
        if (identity.node() == self.node()) {
            return;
        }
        // What is left of its runs before.
        List.copyOf(others.values()).stream()
                .filter(before -> before != other && !before.listed && before.isNode(identity.node()))
                .forEach(this::forget);
        transport.route(identity.node(), identity.member());
        LOG.info("node {} at {} is there", identity.name(), identity.client());
        listener.appeared(identity.node(), identity.client());
    }

    private void vanish(Other other) {
        BusIdentity gone = other.identity;
        boolean was = other.reached;
        other.reached = false;
        if (!was || gone == null || gone.node() == self.node()) {
            return;
        }
        Optional<Other> another = others.values().stream()
                .filter(each -> each.reached && each.isNode(gone.node()))
                .findFirst();
        if (another.isPresent()) {
            transport.route(gone.node(), another.get().member);
            return;
        }
        transport.unroute(gone.node());
        LOG.info("node {} at {} is gone", gone.name(), gone.client());
        listener.vanished(gone.node(), gone.client());
    }

    private void forget(Other other) {
        vanish(other);
        others.remove(other.member);
        forget(other.member);
    }

    /** Whether the place that our number stands for is ours; then, the first time, the others are told of us. */
    private void decide() {
        Optional<Other> rival = others.values().stream()
                .filter(other -> other.reached && other.isNode(self.node()))
                .findFirst();
        if (rival.isPresent()) {
            if (!announced || isBefore(rival.get().member)) {
                stop();
                giveUp(rival.get().identity);
            }
        } else if (!announced) {
            if (others.values().stream().anyMatch(this::mayAnswer)) {
                askAgain();
            } else {
                announced = true;
                others.values().forEach(other -> transport.answer(other.member));
                started.tryComplete();
            }
        } else if (others.values().stream().anyMatch(this::mayAnswer)) {
            askAgain();
        }
    }

    private boolean mayAnswer(Other other) {
        return other.listed
                && other.identity == null
                && monotonicMillis.getAsLong() - other.foundMillis < FIRST_ANSWER_MILLIS;
    }

    private void askAgain() {
        if (!askingAgain) {
            askingAgain = true;
            vertx.setTimer(ASK_AGAIN_MILLIS, ignored -> {
                askingAgain = false;
                if (!isOver()) {
                    others.values().stream().filter(this::mayAnswer).forEach(other -> transport.ask(other.member));
                    decide();
                }
            });
        }
    }

    /** In the order of the list; of what is not on it both sides have to think the same. */
    private boolean isBefore(String rival) {
        List<String> listed = members.getNodes();
        int at = listed.indexOf(rival);
        int ours = listed.indexOf(self.member());
        boolean bothListed = at >= 0 && ours >= 0;
        return bothListed ? at < ours : rival.compareTo(self.member()) < 0;
    }

    private void giveUp(@Nullable BusIdentity rival) {
        HostPort at = rival == null ? self.client() : rival.client();
        String problem =
                "node number %s: the node at %s runs with it, so this one must not: their data directories are copies of each other;"
                                .formatted(self.name(), at)
                        + " keep one of them, give the other node an empty directory (data_store_directory), and it gets the data from its peers";
        if (!started.tryFail(new StartupException(StartupException.DATA_DIRECTORY, problem))) {
            listener.numberTaken(problem);
        }
    }

    private void forgetSilent() {
        if (isOver()) {
            return;
        }
        long nowMillis = monotonicMillis.getAsLong();
        for (Other other : List.copyOf(others.values())) {
            long millis = nowMillis - other.answeredMillis;
            if (millis <= SILENT_MILLIS_MAX) {
                continue;
            }
            if (other.listed) {
                if (!other.silent) {
                    other.silent = true;
                    warnOf(other, millis);
                }
            } else if (millis > KEPT_MILLIS_MAX || others.size() > KEPT_MAX) {
                forget(other);
            } else {
                vanish(other);
            }
        }
    }

    private void warnOf(Other other, long millis) {
        String who = other.identity != null
                ? "node " + other.identity.name() + " at " + other.identity.client()
                : "a node whose bus is at "
                        + members.place(other.member).map(HostPort::toString).orElse("an unknown address");
        LOG.warn(
                "{} is in the cluster, but has not answered for {} ms{}",
                who,
                millis,
                transport
                        .failure(other.member)
                        .map(failure -> ": " + rootOf(failure))
                        .orElse(""));
    }

    /** A handshake's failure says only that it is one. */
    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
