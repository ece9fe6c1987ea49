package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.creek.config.StartupException;
import io.creek.replication.BusNode.Place;
import io.creek.replication.BusNode.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BusIT {

    private static final Duration AT_MOST = Duration.ofSeconds(BusNode.SECONDS_MAX);

    private Place first;
    private Place second;

    @BeforeEach
    void placesForTwo() throws IOException {
        List<Place> places = Place.some(2);
        first = places.get(0);
        second = places.get(1);
    }

    @Test
    void messagesArriveByNodeNumber() throws Exception {
        byte[] largest = new byte[Transport.MESSAGE_BYTES_MAX];
        new Random(1).nextBytes(largest);
        try (BusNode one = BusNode.start(1, first, List.of(second));
                BusNode two = BusNode.start(-2, second, List.of(first))) {
            await().atMost(AT_MOST).until(() -> one.told.contains("+-2 " + second.address()));
            await().atMost(AT_MOST).until(() -> two.told.contains("+1 " + first.address()));

            one.send(-2, new byte[] {1, 2});
            one.send(-2, largest);
            two.send(1, new byte[0]);

            await().atMost(AT_MOST).until(() -> two.received.size() == 2 && one.received.size() == 1);
            assertThat(two.received)
                    .containsExactly(
                            new Received(1, ByteBuffer.wrap(new byte[] {1, 2})),
                            new Received(1, ByteBuffer.wrap(largest)));
            assertThat(one.received).containsExactly(new Received(-2, ByteBuffer.allocate(0)));
        }
    }

    @Test
    void aNodeThatIsKilledVanishesAndAppearsWhenItIsBack() throws Exception {
        try (BusNode one = BusNode.start(1, first, List.of(second))) {
            BusNode two = BusNode.start(2, second, List.of(first));
            await().atMost(AT_MOST).until(() -> one.told.size() == 1);

            two.kill();

            await().atMost(AT_MOST).until(() -> one.told.size() == 2);
            assertThat(one.told.get(1)).isEqualTo("-2 " + second.address());
            try (BusNode again = BusNode.start(2, second, List.of(first))) {
                await().atMost(AT_MOST).until(() -> one.told.size() == 3);
                assertThat(one.told.get(2)).isEqualTo("+2 " + second.address());
                await().atMost(AT_MOST).until(() -> {
                    one.send(2, new byte[] {7});
                    return !again.received.isEmpty();
                });
            }
        }
    }

    @Test
    void aNodeThatTheListHasLostIsReachedAllTheSame() throws Exception {
        Place third = Place.some(1).get(0);
        try (BusNode one = BusNode.start(1, first, List.of(second));
                BusNode two = BusNode.start(2, second, List.of(first));
                BusNode three = BusNode.start(3, third, List.of(first))) {
            await().atMost(AT_MOST).until(() -> one.told.size() == 2 && two.told.size() == 2);

            one.leaveTheList();

            await().atMost(AT_MOST).until(() -> two.told.contains("-1 " + first.address()));
            String back = "+1 " + first.address();
            await().atMost(AT_MOST).untilAsserted(() -> {
                assertThat(two.told)
                        .containsSubsequence(back, "-1 " + first.address(), back)
                        .containsOnlyOnce("-1 " + first.address());
                assertThat(three.told).containsSubsequence(back, "-1 " + first.address(), back);
            });
            two.send(1, new byte[] {2});
            await().atMost(AT_MOST)
                    .until(() -> one.received.contains(new Received(2, ByteBuffer.wrap(new byte[] {2}))));
        }
    }

    /** Each looks for the other where its cluster port is not. */
    @Test
    void nodesThatNoListBringsTogetherFindEachOtherWhereTheConfigurationSaysThatTheyAre() throws Exception {
        int nobodys = Place.some(1).get(0).cluster();
        Place firstAsTold = new Place(first.client(), nobodys, first.bus());
        Place secondAsTold = new Place(second.client(), nobodys, second.bus());
        try (BusNode one = BusNode.start(1, first, List.of(secondAsTold))) {
            BusNode two = BusNode.start(2, second, List.of(firstAsTold));
            await().atMost(AT_MOST).until(() -> one.told.contains("+2 " + second.address()));
            await().atMost(AT_MOST).until(() -> two.told.contains("+1 " + first.address()));
            two.kill();
            await().atMost(AT_MOST).until(() -> one.told.contains("-2 " + second.address()));

            try (BusNode again = BusNode.start(2, second, List.of())) {
                await().atMost(AT_MOST).untilAsserted(() -> assertThat(one.told)
                        .containsExactly("+2 " + second.address(), "-2 " + second.address(), "+2 " + second.address()));
                assertThat(again.told).containsExactly("+1 " + first.address());
            }
        }
    }

    @Test
    void theLaterOfTwoWithOneNumberIsRefused() throws Exception {
        try (BusNode one = BusNode.start(1, first, List.of(second))) {
            assertThatThrownBy(() -> BusNode.start(1, second, List.of(first)))
                    .isInstanceOfSatisfying(StartupException.class, refused -> {
                        assertThat(refused.exitCode()).isEqualTo(StartupException.DATA_DIRECTORY);
                        assertThat(refused.problems())
                                .containsExactly("node number 0000000000000001: the node at " + first.address()
                                        + " runs with it, so this one must not: their data directories are copies of each"
                                        + " other; keep one of them, give the other node an empty directory"
                                        + " (data_store_directory), and it gets the data from its peers");
                    });
            assertThat(one.told).isEmpty();
        }
    }

    @Test
    void whatAReceiverDoesNotTakeIsDropped() throws Exception {
        Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        try (BusNode one = BusNode.start(1, first, List.of(second));
                BusNode two = BusNode.start(2, second, List.of(first), Optional.empty(), waiting::add)) {
            await().atMost(AT_MOST).until(() -> one.told.size() == 1);
            byte[] message = new byte[Transport.MESSAGE_BYTES_MAX];
            await().atMost(AT_MOST).pollInterval(Duration.ofMillis(5)).until(() -> {
                one.send(2, message);
                return two.counts().unread() > 0;
            });

            waiting.forEach(Runnable::run);
            int fitting = (int) (BusTransport.UNREAD_BYTES_MAX / message.length);
            assertThat(two.received).hasSizeBetween(fitting - 1, fitting);
        }
    }

    @Test
    void aPeerThatIsFrozenKeepsNobodyFromStartingAndFindingOthers() throws Exception {
        Place third = Place.some(1).get(0);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ServerSocket frozen = new ServerSocket(second.cluster(), 50, loopback);
        try (BusNode one = BusNode.start(1, first, List.of(second))) {
            frozen.close();
            // They do not know the first, so it is the one that has to find them.
            try (BusNode two = BusNode.start(2, second, List.of(third));
                    BusNode three = BusNode.start(3, third, List.of(second))) {
                await().atMost(AT_MOST).until(() -> one.told.size() == 2);
                await().atMost(AT_MOST).until(() -> {
                    two.send(1, new byte[] {2});
                    three.send(1, new byte[] {3});
                    return one.received.size() >= 2;
                });
            }
        } finally {
            frozen.close();
        }
    }

    @Test
    void whatNobodyTakesIsDropped() throws Exception {
        try (BusNode one = BusNode.start(1, first, List.of(second))) {
            one.send(99, new byte[] {1});

            await().atMost(AT_MOST).until(() -> one.counts().unsent() == 1);
        }
    }

    @Test
    void onlyTheAddressThatWasSaidIsListenedOn() throws Exception {
        try (BusNode one = BusNode.start(1, first, List.of(second))) {
            for (int port : List.of(first.cluster(), first.bus())) {
                new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port).close();
                assertThatThrownBy(() -> new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 2}), port))
                        .hasMessageContaining("refused");
            }
            assertThat(one.told).isEmpty();
        }
    }

    @Test
    void aTakenPortIsToldByItsKey() throws Exception {
        try (ServerSocket taken =
                new ServerSocket(first.bus(), 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            assertThatThrownBy(() -> BusNode.start(1, first, List.of(second)))
                    .isInstanceOf(StartupException.class)
                    .hasMessage("bus_port = %d: cannot listen on 127.0.0.1: Address already in use"
                            .formatted(taken.getLocalPort()));
        }
    }
}
