package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8080",
                "127.0.0.1:0",
                "0.0.0.0:65535",
                "[::1]:1",
                "[fe80::1%eth0]:9",
                "creek-0.creek:80"
            })
    void hostAndPortAreReadAndWrittenAlike(String text) {
        assertThat(HostPort.parse(text, 0)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "8080",
                "localhost",
                "localhost:",
                ":8080",
                "localhost:65536",
                "localhost:-1",
                "localhost:+1",
                "localhost:000080",
                "localhost: 80",
                "::1:8080",
                "[::1]",
                "[localhost]:1",
                "[::1:1",
                "256.0.0.1:1",
                "1.2.3:1",
                "a b:1",
                "http://a:1",
                "a/b:1",
                "localhost:٨٠"
            })
    void anythingElseIsNone(String text) {
        assertThat(HostPort.parse(text, 0)).isNull();
    }

    @Test
    void peersAreListedWithOrWithoutTheirOtherPorts() {
        assertThat(PeerAddress.parseList("a:1, b:2@3,c:4@5,6 ,[::1]:7"))
                .containsExactly(
                        new PeerAddress(new HostPort("a", 1), 10_001, 20_001),
                        new PeerAddress(new HostPort("b", 2), 3, 20_002),
                        new PeerAddress(new HostPort("c", 4), 5, 6),
                        new PeerAddress(new HostPort("::1", 7), 10_007, 20_007));
        assertThat(PeerAddress.parseList("")).isEqualTo(List.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:0",
                "a:1,",
                ",a:1",
                "a:1,2",
                "a:1@",
                "a:1@2,",
                "a:1@2,3,4",
                "a:1@70000",
                "a:50000",
                "a:1@2@3"
            })
    void peerWithoutAllItsPortsIsNone(String text) {
        assertThat(PeerAddress.parseList(text)).isNull();
    }

    @Test
    void peerWithAHighPortNeedsTheOtherTwoSaid() {
        assertThat(PeerAddress.parseList("a:50000@1,2"))
                .containsExactly(new PeerAddress(new HostPort("a", 50_000), 1, 2));
    }
}
