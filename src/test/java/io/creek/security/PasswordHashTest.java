package io.creek.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    /** Of the password "password" and the salt "salt", as other libraries make it: RFC 6070's case, with SHA-256. */
    private static final String OF_4096 = "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(int iterations, String salt, String hashInHex) {
        Base64.Encoder base64 = Base64.getEncoder();
        return "pbkdf2:sha256:" + iterations + ":" + base64.encodeToString(bytes(salt)) + ":"
                + base64.encodeToString(HexFormat.of().parseHex(hashInHex));
    }

    @Test
    void aKnownHashIsOfItsPasswordAndOfNoOther() {
        PasswordHash hash = PasswordHash.parse(text(4096, "salt", OF_4096)).orElseThrow();

        assertThat(hash.matches(bytes("password"))).isTrue();
        assertThat(hash.matches(bytes("Password"))).isFalse();
        assertThat(hash.matches(bytes("password\0x"))).isFalse();
        assertThat(hash.matches(bytes(""))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "correct horse", "pässword", "\u6f22\u5b57"})
    void isWhatJavaMakesOfTheSame(String password) throws Exception {
        String[] parts = PasswordHash.of(bytes(password), new Random(1)).text().split(":");
        PBEKeySpec key = new PBEKeySpec(
                password.toCharArray(), Base64.getDecoder().decode(parts[3]), Integer.parseInt(parts[2]), 256);
        byte[] expected = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(key)
                .getEncoded();

        assertThat(parts[4]).isEqualTo(Base64.getEncoder().encodeToString(expected));
        assertThat(Integer.parseInt(parts[2])).isGreaterThanOrEqualTo(100_000);
    }

    @Test
    void anEmptyPasswordIsOneToo() {
        PasswordHash hash = PasswordHash.of(new byte[0], new Random(1));

        assertThat(hash.matches(new byte[0])).isTrue();
        assertThat(hash.matches(bytes("x"))).isFalse();
    }

    @Test
    void theSamePasswordTwiceHasTwoHashesAndEachReadsBack() {
        Random random = new Random(1);
        PasswordHash one = PasswordHash.of(bytes("p"), random);
        PasswordHash other = PasswordHash.of(bytes("p"), random);

        assertThat(one).isNotEqualTo(other);
        assertThat(PasswordHash.parse(one.text())).contains(one);
        assertThat(one).hasToString("(not shown)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pbkdf2",
                "pbkdf2:sha256:4096:c2FsdA==",
                "pbkdf2:sha1:4096:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=",
                "pbkdf2:sha256:0999:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=",
                "pbkdf2:sha256:10000001:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=",
                "pbkdf2:sha256:999999999:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=",
                "pbkdf2:sha256:4096::xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=",
                "pbkdf2:sha256:4096:c2FsdA=:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=",
                "pbkdf2:sha256:4096:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0",
                "30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4",
            })
    void anythingElseIsNone(String text) {
        assertThat(PasswordHash.parse(text)).isEmpty();
    }
}
