package io.creek.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MemberListTest {
    private static MemberList any(SplittableRandom random) {
        MemberList list = MemberList.of(random.nextInt(6), random.nextInt(3));
        for (int i = random.nextInt(6); i > 0; i--) {
            long node = random.nextInt(6);
            list = switch (random.nextInt(4)) {
                case 0 -> list.begin(node, random.nextInt(3));
                case 1 -> list.forgetting(node, 1 + random.nextInt(3));
                case 2 -> list.forgotten(node);
                default -> list.establish();
            };
        }
        return list;
    }

    @Test
    void mergesInAnyOrderAndTwice() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            MemberList a = any(random);
            MemberList b = any(random);
            MemberList c = any(random);
            assertThat(a.merge(b)).isEqualTo(b.merge(a));
            assertThat(a.merge(b).merge(c)).isEqualTo(a.merge(b.merge(c)));
            assertThat(a.merge(b).merge(b)).isEqualTo(a.merge(b));
            assertThat(a.merge(b).hash()).isEqualTo(b.merge(a).hash());
        }
    }

    @Test
    void isTheSameAfterItsBytes() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 1_000; i++) {
            MemberList list = any(random);
            MemberList read = MemberList.decode(list.encode());
            assertThat(read).isEqualTo(list);
            assertThat(read.hash()).isEqualTo(list.hash());
        }
    }

    @Test
    void everyDifferenceIsAnotherHash() {
        MemberList list = MemberList.of(1, 7);
        List<MemberList> others = List.of(
                list,
                list.establish(),
                list.begin(1, 8),
                list.begin(2, 7),
                list.forgetting(1, 1),
                list.forgetting(1, 2),
                list.forgotten(1));
        assertThat(others.stream().map(MemberList::hash)).doesNotHaveDuplicates();
    }

    @Test
    void whoIsForgottenIsNeverAMemberAgain() {
        MemberList before = MemberList.of(1, 0).begin(2, 0);
        MemberList after = before.forgetting(2, 5).forgotten(2);
        assertThat(after.merge(before)).isEqualTo(after);
        assertThat(after.includes(2)).isFalse();
        assertThat(after.givesUp(2)).isTrue();
        assertThat(after.counted()).containsExactly(1L);
    }

    @Test
    void whoIsBeingForgottenStillCounts() {
        MemberList list = MemberList.of(1, 0).begin(2, 0).forgetting(2, 5);
        assertThat(list.counted()).containsExactly(1L, 2L);
        assertThat(list.remaining()).containsExactly(1L);
        assertThat(list.givesUp(2)).isTrue();
    }

    @Test
    void bytesThatAreNoListAreRefused() {
        ByteBuffer list = MemberList.of(1, 0).begin(2, 0).encode();
        ByteBuffer cut = list.duplicate().limit(list.limit() - 1);
        assertThatThrownBy(() -> MemberList.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MemberList.decode(ByteBuffer.wrap(new byte[] {9, 0, 0, 0})))
                .hasMessageContaining("expected version 1, actual 9");
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 50_000; i++) {
            byte[] hostile = new byte[random.nextInt(60)];
            random.nextBytes(hostile);
            if (hostile.length > 0) {
                hostile[0] = 1;
            }
            try {
                MemberList read = MemberList.decode(ByteBuffer.wrap(hostile));
                assertThat(MemberList.decode(read.encode())).isEqualTo(read);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).contains("expected");
            }
        }
    }

    @Test
    void aMembershipIsTheSameAfterItsBytes() {
        Membership membership =
                new Membership(true, Set.of(3L, -4L), MemberList.of(1, 9).begin(3, 2));
        assertThat(Membership.decode(membership.encode())).isEqualTo(membership);
        assertThat(Membership.decode(membership.tailBackFrom(3).encode()).tailsAt())
                .containsExactly(-4L);
    }
}
