package io.creek.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.creek.config.SecurityConfig.Tls;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecurityConfigTest {
    private static final Machine MACHINE = new Machine(4, 2L << 30, 1L << 30);

    private static SecurityConfig config(String... settings) {
        JsonObject raw = new JsonObject();
        for (int i = 0; i < settings.length; i += 2) {
            raw.put(settings[i], settings[i + 1]);
        }
        return CreekConfig.of(RawSettings.of(raw), MACHINE).security();
    }

    private static List<String> problems(String... settings) {
        return Objects.requireNonNull(catchThrowableOfType(StartupException.class, () -> config(settings)))
                .problems();
    }

    @Test
    void beyondTheLoopbackItTakesAPasswordUsersOrInsecure() {
        assertThat(problems("server_address", "10.0.0.1:1")).hasSize(1);
        assertThat(config("server_address", "10.0.0.1:1", "requirepass", "p").usersNeedPasswords())
                .isTrue();
        assertThat(config("server_address", "10.0.0.1:1", "acl_file", "f")).satisfies(config -> {
            assertThat(config.usersNeedPasswords()).isTrue();
            assertThat(config.aclFile()).contains(Path.of("f"));
        });
        assertThat(config("server_address", "10.0.0.1:1", "insecure", "true").usersNeedPasswords())
                .isFalse();
        assertThat(config("acl_file", "f").usersNeedPasswords()).isFalse();
    }

    @Test
    void tlsIsACertificateAndItsKeyAndWhatIsAskedOfClients() {
        assertThat(config().tls()).isEmpty();
        assertThat(config("tls_certificate", "c", "tls_key", "k").tls())
                .contains(new Tls(Path.of("c"), Path.of("k"), Optional.empty(), TlsClients.NONE, false));
        assertThat(config(
                                "tls_certificate",
                                "c",
                                "tls_key",
                                "k",
                                "tls_ca",
                                "a",
                                "tls_clients",
                                "required",
                                "tls_users",
                                "true")
                        .tls())
                .contains(new Tls(Path.of("c"), Path.of("k"), Optional.of(Path.of("a")), TlsClients.REQUIRED, true));
    }

    @Test
    void whatDoesNotBelongTogetherIsRefused() {
        assertThat(problems("tls_certificate", "c"))
                .containsExactly("tls_key = : expected a file: tls_certificate and tls_key belong together");
        assertThat(problems("tls_key", "k"))
                .containsExactly("tls_certificate = : expected a file: tls_certificate and tls_key belong together");
        assertThat(problems("tls_ca", "a", "tls_clients", "required"))
                .containsExactly("tls_ca = a: expected tls_certificate and tls_key with it, actual none");
        assertThat(problems("tls_certificate", "c", "tls_key", "k", "tls_ca", "a"))
                .containsExactly("tls_clients = none: expected optional or required with tls_ca, which is for clients'"
                        + " certificates");
        assertThat(problems("tls_certificate", "c", "tls_key", "k", "tls_clients", "optional"))
                .containsExactly("tls_ca = : expected a file with tls_clients: the authority of clients' certificates");
        assertThat(problems("tls_certificate", "c", "tls_key", "k", "tls_users", "true"))
                .containsExactly("tls_users = true: expected false, or tls_clients = optional or required");
    }
}
