package io.creek.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.config.RawSettings;
import io.creek.config.RunningConfig;
import io.creek.config.StartupException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UsersTest {
    private static final String APP =
            "user app on #pbkdf2:sha256:4096:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o= ~app:* +@all";

    @TempDir
    private Path directory;

    private static Users users(Object... settings) {
        JsonObject json = new JsonObject();
        for (int i = 0; i < settings.length; i += 2) {
            json.put(String.valueOf(settings[i]), String.valueOf(settings[i + 1]));
        }
        return new Users(
                new RunningConfig(RawSettings.of(json)), CommandTable.standard(), new Random(1), Runnable::run);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("users.acl"), text);
    }

    private static LoginVerdict check(Users users, String name, String password) throws Exception {
        return users.check(name.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8))
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void withoutSettingsTheDefaultUserIsEverybody() throws Exception {
        Users users = users();

        assertThat(users.isOpen()).isTrue();
        assertThat(users.lines()).containsExactly("user default on nopass ~* +@all");
        assertThat(check(users, "default", "any")).isEqualTo(LoginVerdict.RIGHT);
        assertThat(check(users, "nobody", "any")).isEqualTo(LoginVerdict.WRONG);
        assertThat(users.load().get())
                .hasValueSatisfying(why -> assertThat(why).contains("not configured to use an ACL file"));
    }

    @Test
    void thePasswordOfTheSettingIsTheDefaultUsers() throws Exception {
        Users users = users("requirepass", "s3cret");

        assertThat(users.isOpen()).isFalse();
        assertThat(users.lines()).containsExactly("user default on ~* +@all");
        assertThat(check(users, "default", "s3cret")).isEqualTo(LoginVerdict.RIGHT);
        assertThat(check(users, "default", "s3cret ")).isEqualTo(LoginVerdict.WRONG);
        assertThat(check(users, "default", "")).isEqualTo(LoginVerdict.WRONG);
        assertThat(users.set("default", List.of("resetpass", ">other")).get()).isEmpty();
        assertThat(check(users, "default", "s3cret")).isEqualTo(LoginVerdict.WRONG);
        assertThat(check(users, "default", "other")).isEqualTo(LoginVerdict.RIGHT);
    }

    @Test
    void beyondTheLoopbackNobodyIsLetInWithoutAPassword() throws Exception {
        Path file = file(APP);
        Users users = users("server_address", "10.0.0.1:8080", "acl_file", file);

        assertThat(users.isOpen()).isFalse();
        assertThat(check(users, "default", "")).isEqualTo(LoginVerdict.WRONG);
        assertThat(check(users, "app", "password")).isEqualTo(LoginVerdict.RIGHT);
        assertThat(users.set("app", List.of("nopass")).get()).hasValueSatisfying(why -> assertThat(why)
                .startsWith("Error in ACL SETUSER modifier 'nopass': expected a password"));
        assertThat(check(users, "app", "wrong")).isEqualTo(LoginVerdict.WRONG);
        file("user app on nopass");
        assertThat(users.load().get()).isPresent();
        assertThatThrownBy(() -> users("server_address", "10.0.0.1:8080", "acl_file", file))
                .isInstanceOf(StartupException.class)
                .hasMessage("acl_file = " + file + ": line 1: 'nopass': expected a password: server_address is beyond"
                        + " the loopback; insecure = true does without");
        assertThat(users("server_address", "10.0.0.1:8080", "acl_file", file, "insecure", "true")
                        .find("app"))
                .isPresent();
    }

    @Test
    void aChangeIsAllOrNothingAndIsTold() throws Exception {
        Users users = users();
        int[] told = new int[1];
        users.onChange(() -> told[0]++);
        Map<String, User> before = users.all();

        assertThat(users.set("a", List.of("on", ">x", "+get", "+nonesuch")).get())
                .contains("Error in ACL SETUSER modifier '+nonesuch': Unknown command or category name in ACL");
        assertThat(users.all()).isSameAs(before);
        assertThat(told[0]).isZero();
        assertThat(users.set("a", List.of("on", ">x", "+get")).get()).isEmpty();
        assertThat(check(users, "a", "x")).isEqualTo(LoginVerdict.RIGHT);
        assertThat(users.set("a", List.of("off")).get()).isEmpty();
        assertThat(check(users, "a", "x")).isEqualTo(LoginVerdict.WRONG);
        assertThat(users.remove(List.of("a", "nobody")).get()).isEqualTo(1);
        assertThat(users.names()).containsExactly("default");
        assertThat(told[0]).isEqualTo(3);
    }

    @Test
    void theFileIsFollowedAndWhatIsWrongWithItChangesNothing() throws Exception {
        Path file = file(APP);
        Users users = users("acl_file", file);
        assertThat(users.names()).containsExactly("app", "default");
        Map<String, User> before = users.all();
        users.follow();
        assertThat(users.all()).isSameAs(before);

        file("user app on +gett");
        users.follow();
        users.follow();
        assertThat(users.all()).isSameAs(before);
        Files.delete(file);
        users.follow();
        users.follow();
        assertThat(users.all()).isSameAs(before);
        file(APP + "\nuser other on nopass\n");
        users.follow();
        users.follow();
        assertThat(users.names()).containsExactly("app", "default", "other");
    }

    @Test
    void aFileThatIsMetHalfWrittenOrHasBecomeEmptyChangesNothing() throws Exception {
        Path file = file(APP + "\nuser other on nopass\n");
        Users users = users("acl_file", file);
        Map<String, User> before = users.all();

        file("");
        users.follow();
        file(APP + "\n");
        users.follow();
        assertThat(users.all()).as("no two looks alike").isSameAs(before);
        users.follow();
        assertThat(users.names()).containsExactly("app", "default");

        Map<String, User> after = users.all();
        file("# nobody\n\n");
        users.follow();
        users.follow();
        users.follow();
        assertThat(users.all()).as("empty").isSameAs(after);
        assertThat(users.load().get()).hasValueSatisfying(why -> assertThat(why).contains(": expected a user: "));
        assertThat(users.all()).isSameAs(after);
        file("user default on #requirepass ~* +@all\n");
        users.follow();
        users.follow();
        assertThat(users.names()).containsExactly("default");
    }

    @Test
    void whoHasKeyPatternsMayNotRunWhatShowsOrRemovesOthersKeys() throws Exception {
        Users users = users();
        assertThat(users.set("some", List.of("~app:*", "+@all", "+backup|begin", "+slowlog|get"))
                        .get())
                .isEmpty();
        assertThat(users.set("all", List.of("~*", "+@all")).get()).isEmpty();
        CommandTable table = CommandTable.standard();
        for (String name :
                List.of("flushall", "flushdb", "entries", "backup|begin", "backup|next", "monitor", "slowlog|get")) {
            CommandSpec row = table.named(name).orElseThrow();
            assertThat(users.find("some").orElseThrow().mayRun(row)).as(name).isFalse();
            assertThat(users.find("all").orElseThrow().mayRun(row)).as(name).isTrue();
        }
        assertThat(users.find("some")
                        .orElseThrow()
                        .mayRun(table.named("slowlog|len").orElseThrow()))
                .isTrue();
    }

    @Test
    void whatIsSavedIsReadAgainAndHoldsNoPassword() throws Exception {
        Path file = file("# comment\n" + APP + "\n");
        Users users = users("acl_file", file);
        assertThat(users.set("new", List.of("on", ">s3cret", "~n:*", "role=write"))
                        .get())
                .isEmpty();
        assertThat(users.save().get()).isEmpty();

        assertThat(Files.readString(file))
                .startsWith(APP + "\nuser default on #requirepass ~* +@all\nuser new on #pbkdf2:sha256:")
                .endsWith(" ~n:* +@all -@admin\n")
                .doesNotContain("s3cret");
        Map<String, User> before = users.all();
        users.follow();
        assertThat(users.all()).isSameAs(before);
        assertThat(users.load().get()).isEmpty();
        assertThat(check(users, "new", "s3cret")).isEqualTo(LoginVerdict.RIGHT);
        assertThat(users("acl_file", file).lines()).isEqualTo(users.lines());
    }
}
