package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import io.creek.command.AclCategory;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.protocol.RedisServer;
import io.creek.protocol.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Users of a running node, by the side of a Redis that has the same ones. */
@Timeout(120)
class AclIT {
    @RegisterExtension
    static final CreekNode CREEK = new CreekNode();

    @TempDir
    private static Path directory;

    private static String message(@Nullable Object reply) {
        assertThat(reply).isInstanceOf(RespClient.Failure.class);
        return ((RespClient.Failure) Objects.requireNonNull(reply)).message();
    }

    private static RespClient admin() {
        return RespClient.connect(CREEK.port());
    }

    private static void make(String name, String... rules) {
        try (RespClient admin = admin()) {
            assertThat(admin.call(Stream.concat(Stream.of("ACL", "SETUSER", name), Stream.of(rules))
                            .toArray(String[]::new)))
                    .isEqualTo("OK");
        }
    }

    private static RespClient as(int port, String name) {
        RespClient client = RespClient.connect(port);
        assertThat(client.call("AUTH", name, "pw-" + name)).isEqualTo("OK");
        return client;
    }

    @AfterEach
    void onlyTheDefaultUserIsLeft() {
        try (RespClient admin = admin()) {
            for (Object name : (List<?>) Objects.requireNonNull(admin.call("ACL", "USERS"))) {
                if (!"default".equals(name)) {
                    admin.call("ACL", "DELUSER", String.valueOf(name));
                }
            }
        }
    }

    private static final Map<String, String[]> USERS = Map.of(
            "reader", "on >pw-reader ~app:* +@read".split(" "),
            "writer", "on >pw-writer ~app:* ~one +@all -@admin".split(" "),
            "pinger", "on >pw-pinger +ping +client|id".split(" "),
            "nobody", "on >pw-nobody allkeys".split(" "),
            "all", "on >pw-all allkeys +@all".split(" "));

    private static final List<String> COMMANDS = List.of(
            "ACL WHOAMI",
            "ACL LIST",
            "ACL",
            "PING",
            "ECHO x",
            "GET app:1",
            "GET other",
            "GET",
            "NONESUCH x",
            "SET app:1 v",
            "SET one v",
            "SET other v",
            "MGET app:1 other",
            "MSET app:1 1 other 2",
            "COPY app:1 other",
            "RENAME app:1 app:2",
            "DEL app:1 app:2 one",
            "EXISTS app:1 one",
            "OBJECT ENCODING other",
            "TYPE app:1",
            "CONFIG GET maxmemory-policy",
            "CONFIG",
            "CONFIG NONESUCH",
            "CLIENT LIST",
            "CLIENT SETNAME n",
            "CLIENT GETNAME",
            "CLIENT NO-EVICT on",
            "SLOWLOG LEN",
            "SHUTDOWN NOSAVE ABORT",
            "MONITOR",
            "SAVE",
            "ROLE",
            "LASTSAVE",
            "COMMAND COUNT x",
            "WATCH app:1",
            "WATCH other",
            "UNWATCH",
            "MULTI",
            "GET app:1",
            "GET other",
            "EXEC",
            "MULTI",
            "SET app:1 v",
            "DEL app:1",
            "EXEC",
            "DISCARD",
            "SELECT 0",
            "WAIT 0 0",
            "READONLY",
            "ACL SETUSER mine on",
            "ACL DELUSER default",
            "RESET",
            "ACL WHOAMI",
            "AUTH reader wrong",
            "AUTH reader pw-reader",
            "ACL WHOAMI",
            "HELLO 2 AUTH pinger wrong",
            "PING");

    @Test
    void everyUserIsAnsweredAsByRedis() throws IOException {
        USERS.forEach(AclIT::make);
        Set<String> administrates = Set.of(
                "SHUTDOWN NOSAVE ABORT",
                "MONITOR",
                "SAVE",
                "ACL LIST",
                "CLIENT LIST",
                "ROLE",
                "LASTSAVE",
                "SLOWLOG LEN");
        try (RedisServer redis = RedisServer.start(directory);
                RespClient redisAdmin = RespClient.connect(redis.port())) {
            USERS.forEach(
                    (name, rules) -> redisAdmin.call(Stream.concat(Stream.of("ACL", "SETUSER", name), Stream.of(rules))
                            .toArray(String[]::new)));
            for (String name : new TreeSet<>(USERS.keySet())) {
                try (RespClient expected = as(redis.port(), name);
                        RespClient actual = as(CREEK.port(), name)) {
                    for (String command : COMMANDS) {
                        if (name.equals("all") && administrates.contains(command)) {
                            continue;
                        }
                        expected.send(command.split(" "));
                        actual.send(command.split(" "));
                        assertThat(new String(actual.rawReply(), StandardCharsets.UTF_8))
                                .as("%s: %s", name, command)
                                .isEqualTo(new String(expected.rawReply(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }

    /** FUNCTION FLUSH removes nothing here, so it is no write. */
    @Test
    void commandsAreOfRedisCategories() throws IOException {
        List<CommandSpec> rows = CommandTable.standard().rows().stream()
                .flatMap(row -> row.subcommands().isEmpty() ? Stream.of(row) : row.subcommands().stream())
                .filter(row -> !row.name().equals("function|flush"))
                .toList();
        try (RedisServer redis = RedisServer.start(directory);
                RespClient client = RespClient.connect(redis.port())) {
            Set<String> known = new TreeSet<>();
            for (String category : List.of("fast", "slow")) {
                known.addAll(names(client, category));
            }
            assertThat(client.call("ACL", "CAT"))
                    .isEqualTo(Stream.of(AclCategory.values())
                            .map(AclCategory::text)
                            .toList());
            for (AclCategory category : AclCategory.values()) {
                Set<String> expected = names(client, category.text());
                expected.retainAll(rows.stream().map(CommandSpec::name).collect(Collectors.toSet()));
                Set<String> actual = new TreeSet<>();
                rows.stream()
                        .filter(row -> known.contains(row.name())
                                && AclCategory.of(row).contains(category))
                        .forEach(row -> actual.add(row.name()));
                assertThat(actual)
                        .as(category.text())
                        .isEqualTo(expected.stream()
                                .filter(name -> !name.equals("function|flush"))
                                .collect(Collectors.toSet()));
            }
        }
    }

    private static Set<String> names(RespClient client, String category) {
        return ((List<?>) Objects.requireNonNull(client.call("ACL", "CAT", category)))
                .stream().map(String::valueOf).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void whoMayNotSeeAllKeysSeesItsOwnInScanKeysAndRandomkey() {
        make("seer", "on", ">pw-seer", "~see:*", "+@all", "-@admin");
        try (RespClient admin = admin();
                RespClient seer = as(CREEK.port(), "seer")) {
            admin.call("FLUSHALL");
            for (int i = 0; i < 500; i++) {
                admin.call("SET", "hidden:" + i, "v");
            }
            admin.call("MSET", "see:1", "v", "see:2", "v");
            assertThat((List<?>) Objects.requireNonNull(seer.call("KEYS", "*")))
                    .hasSize(2)
                    .allMatch(key -> String.valueOf(key).startsWith("see:"));
            Set<String> scanned = new TreeSet<>();
            String cursor = "0";
            int calls = 0;
            do {
                List<?> page = (List<?>) Objects.requireNonNull(seer.call("SCAN", cursor, "COUNT", "50"));
                cursor = String.valueOf(page.get(0));
                ((List<?>) Objects.requireNonNull(page.get(1))).forEach(key -> scanned.add(String.valueOf(key)));
                calls++;
            } while (!cursor.equals("0"));
            assertThat(scanned).containsExactly("see:1", "see:2");
            assertThat(calls).as("COUNT counts what is not shown too").isGreaterThan(5);
            for (int i = 0; i < 20; i++) {
                assertThat(String.valueOf(seer.call("RANDOMKEY"))).startsWith("see:");
            }
            assertThat(message(seer.call("FLUSHALL")))
                    .isEqualTo("NOPERM this user has no permissions to run the 'flushall' command");
            seer.call("DEL", "see:1", "see:2");
            assertThat(seer.call("RANDOMKEY")).isNull();
            assertThat(admin.call("DBSIZE")).isEqualTo(500L);
            admin.call("FLUSHALL");
        }
    }

    @Test
    void whoMayNotSeeAllKeysIsNotShownThoseOfOthers() {
        make("agent", "on", ">pw-agent", "~app:*", "+backup", "+monitor", "+slowlog", "+entries");
        make("agent-of-all", "on", ">pw-agent-of-all", "~*", "+backup");
        try (RespClient agent = as(CREEK.port(), "agent");
                RespClient ofAll = as(CREEK.port(), "agent-of-all")) {
            for (String command : List.of("BACKUP BEGIN", "BACKUP NEXT", "MONITOR", "SLOWLOG GET", "ENTRIES 0")) {
                String name = command.toLowerCase(Locale.ROOT).replace(" 0", "").replace(' ', '|');
                assertThat(message(agent.call(command.split(" "))))
                        .isEqualTo("NOPERM this user has no permissions to run the '" + name + "' command");
            }
            assertThat(agent.call("SLOWLOG", "LEN")).isInstanceOf(Long.class);
            assertThat(ofAll.call("BACKUP", "BEGIN")).isInstanceOf(List.class);
            assertThat(ofAll.call("BACKUP", "END")).isEqualTo(1L);
        }
    }

    @Test
    void theTextDialectHasTheSameErrors() {
        make("liner", "on", ">pw-liner", "~l:*", "+get");
        try (RespClient client = RespClient.connect(CREEK.port())) {
            client.sendRaw("AUTH liner wrong\nAUTH liner pw-liner\nGET l:1\nGET x\nSET l:1 v\nDELETE l:1\n");
            assertThat(client.readLine()).isEqualTo("WRONGPASS invalid username-password pair or user is disabled.");
            assertThat(client.readLine()).isEqualTo("OK");
            assertThat(client.readLine()).isEmpty();
            assertThat(client.readLine())
                    .isEqualTo("NOPERM this user has no permissions to access one of the keys used as arguments");
            assertThat(client.readLine()).isEqualTo("NOPERM this user has no permissions to run the 'set' command");
            assertThat(client.readLine()).isEqualTo("NOPERM this user has no permissions to run the 'delete' command");
        }
    }

    @Test
    void aChangedUserIsHeldToItAtTheNextCommandAndARemovedOneIsClosed() {
        make("moving", "on", ">pw-moving", "~*", "+@all");
        try (RespClient admin = admin();
                RespClient client = as(CREEK.port(), "moving");
                RespClient idle = as(CREEK.port(), "moving")) {
            assertThat(client.call("SET", "moving", "1")).isEqualTo("OK");
            assertThat(admin.call("ACL", "SETUSER", "moving", "-set", "resetkeys", "~mov*"))
                    .isEqualTo("OK");
            assertThat(message(client.call("SET", "moving", "2"))).startsWith("NOPERM ");
            assertThat(client.call("GET", "moving")).isEqualTo("1");
            assertThat(message(client.call("GET", "other"))).startsWith("NOPERM ");
            assertThat(String.valueOf(admin.call("CLIENT", "LIST"))).contains(" user=moving ");
            assertThat(admin.call("CLIENT", "KILL", "USER", "all", "SKIPME", "yes"))
                    .isInstanceOf(RespClient.Failure.class);
            assertThat(admin.call("ACL", "DELUSER", "moving")).isEqualTo(1L);
            assertThat(client.readUntilClosed()).isEmpty();
            assertThat(idle.readUntilClosed()).isEmpty();
            assertThat(admin.call("DEL", "moving")).isEqualTo(1L);
        }
    }

    @Test
    void aUserThatIsSwitchedOffIsClosedAndItsOwnCommandIsAnswered() {
        make("own", "on", ">pw-own", "~*", "+@all");
        try (RespClient client = as(CREEK.port(), "own")) {
            assertThat(client.call("ACL", "SETUSER", "own", "off")).isEqualTo("OK");
            assertThat(client.readUntilClosed()).isEmpty();
        }
        try (RespClient stranger = RespClient.connect(CREEK.port())) {
            assertThat(message(stranger.call("AUTH", "own", "pw-own"))).startsWith("WRONGPASS ");
        }
    }

    @Test
    void whatWasQueuedIsAskedForAgainAtExec() {
        make("queuing", "on", ">pw-queuing", "~q:*", "+@all");
        try (RespClient admin = admin();
                RespClient client = as(CREEK.port(), "queuing")) {
            client.call("MULTI");
            assertThat(client.call("SET", "q:1", "v")).isEqualTo("QUEUED");
            assertThat(client.call("GET", "q:1")).isEqualTo("QUEUED");
            admin.call("ACL", "SETUSER", "queuing", "-set");
            assertThat(message(client.call("EXEC")))
                    .isEqualTo(
                            "EXECABORT Transaction discarded because of: NOPERM ACLs rules changed between the moment"
                                    + " the transaction was accumulated and the EXEC call. This command is no longer allowed for the"
                                    + " following reason: no permission to execute the command or subcommand");
            assertThat(client.call("GET", "q:1")).isNull();
            client.call("MULTI");
            client.call("GET", "q:1");
            admin.call("ACL", "SETUSER", "queuing", "resetkeys", "~x");
            assertThat(message(client.call("EXEC"))).endsWith("no permission to touch the specified keys");
            client.call("MULTI");
            assertThat(message(client.call("GET", "q:1"))).startsWith("NOPERM ");
            assertThat(message(client.call("EXEC")))
                    .isEqualTo("EXECABORT Transaction discarded because of previous errors.");
        }
    }

    @Test
    void monitorEndsWhenItIsNotAllowedAnyMore() {
        make("watcher", "on", ">pw-watcher", "~*", "+@all");
        try (RespClient watcher = as(CREEK.port(), "watcher")) {
            assertThat(watcher.call("MONITOR")).isEqualTo("OK");
            make("watcher", "-@admin");
            watcher.readUntilClosed();
        }
    }

    @Test
    void loginsInsideAndAfterATransactionAndHelloInItsOwnProtocol() {
        make("hello", "on", ">pw-hello", "~*", "+@all");
        try (RespClient client = RespClient.connect(CREEK.port())) {
            client.sendRaw("HELLO 3 AUTH hello pw-hello\r\nPING\r\n");
            assertThat(client.readReply()).isInstanceOf(Map.class);
            assertThat(client.readReply()).isEqualTo("PONG");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("hello");
            client.call("RESET");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("default");
            client.call("MULTI");
            client.call("AUTH", "hello", "pw-hello");
            client.call("ACL", "WHOAMI");
            assertThat(client.call("EXEC")).isEqualTo(List.of("OK", "hello"));
            // What is sent behind a login that takes its time is answered behind it, and the end of sending waits for
            // it.
            client.sendRaw("AUTH hello wrong\r\nECHO after\r\n");
            client.shutdownOutput();
            assertThat(message(client.readReply())).startsWith("WRONGPASS ");
            assertThat(client.readReply()).isEqualTo("after");
            assertThat(client.readUntilClosed()).isEmpty();
        }
    }

    @Test
    void whatIsRefusedIsLoggedAndCountedAndPasswordsAreNot() {
        make("logged", "on", ">pw-logged", "~l:*", "+get", "+multi");
        try (RespClient admin = admin();
                RespClient client = as(CREEK.port(), "logged")) {
            admin.call("ACL", "LOG", "RESET");
            admin.call("CONFIG", "RESETSTAT");
            client.call("SET", "l:1", "v");
            client.call("SET", "l:2", "v");
            client.call("GET", "other");
            client.call("AUTH", "logged", "guess-1");
            client.call("MULTI");
            client.call("GET", "other");
            List<?> log = (List<?>) Objects.requireNonNull(admin.call("ACL", "LOG"));
            assertThat(log).hasSize(4);
            assertThat(log.stream().map(AclIT::summary))
                    .containsExactly(
                            "key multi other logged 1",
                            "auth toplevel AUTH logged 1",
                            "key toplevel other logged 1",
                            "command toplevel set logged 2");
            assertThat((List<?>) Objects.requireNonNull(admin.call("ACL", "LOG", "1")))
                    .hasSize(1);
            assertThat(String.valueOf(admin.call("INFO", "stats")))
                    .contains(
                            "acl_access_denied_auth:1\r\n",
                            "acl_access_denied_cmd:2\r\n",
                            "acl_access_denied_key:2\r\n",
                            "acl_access_denied_channel:0\r\n");
            admin.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
            admin.call("ACL", "SETUSER", "logged", ">pw-slow");
            assertThat(String.valueOf(admin.call("SLOWLOG", "GET")))
                    .contains("SETUSER, (redacted), (redacted)")
                    .doesNotContain("pw-slow");
            admin.call("CONFIG", "SET", "slowlog-log-slower-than", "10000");
            assertThat(String.valueOf(log)).doesNotContain("guess");
        }
        assertThat(CREEK.process().err() + CREEK.process().out()).doesNotContain("pw-", "guess");
    }

    private static String summary(Object entry) {
        List<?> fields = (List<?>) entry;
        return fields.get(3) + " " + fields.get(5) + " " + fields.get(7) + " " + fields.get(9) + " " + fields.get(1);
    }

    @Test
    void aFileIsReadAtTheStartFollowedAndSaved() throws Exception {
        int port = ServerProcess.freePort();
        Path file = Files.writeString(
                directory.resolve("users.acl"), "user default off\nuser boss on >pw-boss ~* role=admin\n");
        try (ServerProcess node = start(port, "-acl_file", file.toString()).awaitListening(port);
                RespClient stranger = RespClient.connect(port);
                RespClient boss = as(port, "boss")) {
            assertThat(message(stranger.call("GET", "x"))).isEqualTo("NOAUTH Authentication required.");
            assertThat(boss.call("ACL", "SETUSER", "app", "on", ">pw-app", "~app:*", "role=write"))
                    .isEqualTo("OK");
            assertThat(boss.call("ACL", "SAVE")).isEqualTo("OK");
            assertThat(Files.readString(file))
                    .contains("user app on #pbkdf2:sha256:")
                    .doesNotContain("pw-");
            try (RespClient app = as(port, "app")) {
                Files.writeString(file, Files.readString(file).replace("~app:*", "~other:*"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> app.call("GET", "app:1") instanceof RespClient.Failure);
                assertThat(app.call("GET", "other:1")).isNull();
                Files.writeString(file, "user boss on >pw-boss ~* +@alll\n");
                Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> node.err()
                        .contains("users not changed: acl_file = " + file
                                + ": line 1: '+@alll': Unknown command or category name in ACL"));
                assertThat(message(boss.call("ACL", "LOAD")))
                        .isEqualTo("ERR acl_file = " + file
                                + ": line 1: '+@alll': Unknown command or category name in ACL. WARNING: ACL errors"
                                + " detected, no change to the previously active ACL rules was performed");
                assertThat(app.call("GET", "other:1")).isNull();
            }
            assertThat(node.err()).doesNotContain("pw-");
        }
    }

    @Test
    void aMistakeInTheFileStopsTheStart() throws Exception {
        Path file = Files.writeString(
                directory.resolve("wrong.acl"), "user a on\nuser b <s3cret +gett\nuser c on +gett nopass\n");
        try (ServerProcess node = start(ServerProcess.freePort(), "-acl_file", file.toString())) {
            assertThat(node.awaitExit()).isEqualTo(2);
            assertThat(node.err())
                    .isEqualTo(
                            "creek: acl_file = %s: line 2: '<(not shown)': The password you are trying to remove from the user does not exist\n"
                                            .formatted(file)
                                    + "creek: acl_file = %s: line 3: '+gett': Unknown command or category name in ACL\n"
                                            .formatted(file));
        }
        try (ServerProcess node = start(ServerProcess.freePort(), "-acl_file", directory + "/none.acl")) {
            assertThat(node.awaitExit()).isEqualTo(2);
            assertThat(node.err()).contains("creek: acl_file = " + directory + "/none.acl: no such file\n");
        }
    }

    private static ServerProcess start(int port, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-port", "" + port, "-event_loops", "2"));
        arguments.addAll(List.of(more));
        return ServerProcess.start(directory, Map.of(), arguments.toArray(String[]::new));
    }
}
