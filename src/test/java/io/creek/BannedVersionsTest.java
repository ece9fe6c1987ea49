package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BannedVersionsTest {
    private static List<String> found(String group, String name, String version) {
        JsonObject component =
                new JsonObject().put("group", group).put("name", name).put("version", version);
        return BannedVersions.in(new JsonObject().put("components", new JsonArray().add(component)));
    }

    @ParameterizedTest
    @CsvSource({
        "com.hazelcast, hazelcast, 5.3.8",
        "com.hazelcast, hazelcast, 5.3.99",
        "io.netty, netty-handler, 4.2.12.Final",
        "io.netty, netty-codec-http, 4.2.9.Final",
        "io.netty, netty-buffer, 4.1.125.Final",
        "net.jpountz.lz4, lz4, 1.3.0",
        "net.jpountz.lz4, lz4, 99",
    })
    void aBadVersionIsFound(String group, String name, String version) {
        assertThat(found(group, name, version)).singleElement().asString().startsWith(name + " " + version + ": ");
    }

    @ParameterizedTest
    @CsvSource({
        "com.hazelcast, hazelcast, 5.7.0",
        "com.hazelcast, hazelcast, 5.10.1",
        "io.netty, netty-handler, 4.2.15.Final",
        "io.netty, netty-handler, 4.2.100.Final",
        "at.yawk.lz4, lz4-java, 1.13.0",
    })
    void aGoodOneIsNot(String group, String name, String version) {
        assertThat(found(group, name, version)).isEmpty();
    }

    @Test
    void whatIsFoundSaysWhatIsExpectedAndWhy() {
        assertThat(found("com.hazelcast", "hazelcast", "5.3.8"))
                .containsExactly("hazelcast 5.3.8: expected 5.7.0 or later: CVE-2026-107726, which has no fix on the"
                        + " line of 5.3");
    }

    /** That of the tests, which has all that is shipped, and more. */
    @Test
    void theClassPathHasNone() {
        String classPath = System.getProperty("java.class.path");
        assertThat(classPath).contains("/netty-handler-", "/hazelcast-");
        assertThat(BannedVersions.in(classPath)).isEmpty();
    }

    @Test
    void aBadVersionInTheClassPathIsFound() {
        assertThat(BannedVersions.in(
                        "/source/target/classes:/m2/io/netty/netty-buffer/4.2.12.Final/netty-buffer-4.2.12.Final.jar"
                                + ":/m2/com/hazelcast/hazelcast/5.7.0/hazelcast-5.7.0.jar"))
                .containsExactly(
                        "netty-buffer 4.2.12.Final: expected 4.2.15.Final or later: security fixes since 4.2.12");
    }
}
