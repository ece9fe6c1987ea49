package io.creek.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class PlacementTest {

    /** The values are those of CLUSTER KEYSLOT in Redis 7.0. */
    @Test
    void slotsAreThoseOfRedisCluster() {
        assertThat(slot("123456789")).isEqualTo(0x31c3 % 16_384);
        assertThat(slot("foo")).isEqualTo(12_182);
        assertThat(slot("")).isZero();
    }

    @Test
    void aHashTagAloneDecides() {
        assertThat(slot("{user1000}.following")).isEqualTo(slot("user1000"));
        assertThat(slot("a{user1000}b{other}")).isEqualTo(slot("user1000"));
        assertThat(slot("foo{{bar}}zap")).isEqualTo(slot("{bar"));
    }

    @Test
    void anEmptyOrOpenHashTagIsNone() {
        assertThat(slot("foo{}{bar}")).isNotEqualTo(slot("bar")).isNotEqualTo(slot(""));
        assertThat(slot("foo{bar")).isNotEqualTo(slot("bar"));
    }

    @Test
    void thePartitionIsSixteenSlotsAndTheShardThePartitionModuloShards() {
        Placement placement = new Placement(new SipHash(1, 2));
        for (int i = 0; i < 1000; i++) {
            byte[] key = ("key:" + i).getBytes(StandardCharsets.US_ASCII);
            long place = placement.of(key, 0, key.length);
            assertThat(Placement.partition(place)).isEqualTo(Placement.slot(key, 0, key.length) / 16);
            assertThat(Placement.shard(place, 3))
                    .isEqualTo(Placement.partition(place) % 3)
                    .isEqualTo(Placement.shardOfKey(key, 0, key.length, 3));
        }
    }

    private static int slot(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        return Placement.slot(bytes, 0, bytes.length);
    }
}
