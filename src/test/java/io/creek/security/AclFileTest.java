package io.creek.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.creek.command.AccessControl.Account;
import io.creek.command.AclCategory;
import io.creek.command.CommandSpec;
import io.creek.command.CommandTable;
import io.creek.protocol.Request;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The syntax of users, and what it comes to. */
class AclFileTest {
    private static final CommandTable TABLE = CommandTable.standard();
    private static final String HASH = "#pbkdf2:sha256:4096:c2FsdA==:xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o=";

    private static Map<String, User> parse(String text) throws AclFile.Refused {
        return AclFile.parse(text, TABLE, new Random(1), false);
    }

    private static User user(String rules) throws AclFile.Refused {
        return Objects.requireNonNull(parse("user u " + rules).get("u"));
    }

    private static boolean mayRun(User user, String... words) {
        Request request = Request.of(words);
        CommandSpec row = TABLE.lookup(request);
        assertThat(row.isUnknown()).as(List.of(words).toString()).isFalse();
        return user.mayRun(row) && user.refusedKey(row, request) < 0;
    }

    @Test
    void aFileOfAllThatThereIs() throws Exception {
        Map<String, User> users = parse("# who may do what\r\n\nuser default off\nuser app on " + HASH
                + " ~app:* ~shared:* +@all -@admin\n  user  reader\ton nopass allkeys role=read\nuser fresh");

        assertThat(users).containsOnlyKeys("default", "app", "reader", "fresh");
        assertThat(AclFile.format(users.values()))
                .isEqualTo("user app on " + HASH
                        + " ~app:* ~shared:* +@all -@admin\nuser default off -@all\nuser fresh off -@all\n"
                        + "user reader on nopass ~* +@all -@admin -@write\n");
        assertThat(AclFile.format(parse(AclFile.format(users.values())).values()))
                .isEqualTo(AclFile.format(users.values()));
    }

    @Test
    void withoutALineTheDefaultUserIsThatOfTheSetting() throws Exception {
        User user = Objects.requireNonNull(parse("").get("default"));

        assertThat(user.isUnrestricted()).isTrue();
        assertThat(user.line()).isEqualTo("user default on #requirepass ~* +@all");
        assertThat(Objects.requireNonNull(parse(user.line()).get("default")).line())
                .isEqualTo(user.line());
        assertThat(user.shownLine(true)).isEqualTo("user default on nopass ~* +@all");
        assertThat(user.shownLine(false)).isEqualTo("user default on ~* +@all");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "user ; line 1: 'user': expected user, its name and rules",
                "usr a on ; line 1: 'usr': expected user, its name and rules",
                "user a onn ; line 1: 'onn': Syntax error",
                "user a on +gett ; line 1: '+gett': Unknown command or category name in ACL",
                "user a on +@nonesuch ; line 1: '+@nonesuch': Unknown command or category name in ACL",
                "user a on +client|nonesuch ; line 1: '+client|nonesuch': Unknown command or category name in ACL",
                "user a on + ; line 1: '+': Unknown command or category name in ACL",
                "user a on +hgetall ; line 1: '+hgetall': Unknown command or category name in ACL",
                "user a role=owner ; line 1: 'role=owner': expected role=read, role=write or role=admin",
                "user a role= ; line 1: 'role=': expected role=read, role=write or role=admin",
                "user a allkeys ~b ; line 1: '~b': Adding a pattern after the * pattern",
                "user a %R~b ; line 1: '%R~b': Syntax error",
                "user a #requirepass ; line 1: '#requirepass': expected #pbkdf2:sha256",
                "user a #30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4 ; expected #pbkdf2:sha256",
                "user a <secret ; line 1: '<(not shown)': The password you are trying to remove from the user does not exist",
                "user a !x ; line 1: '!x': expected #pbkdf2:sha256",
            })
    void aMistakeIsToldWithItsLineAndWord(String line, String problem) {
        assertThatThrownBy(() -> parse(line)).hasMessageContaining(problem);
        assertThatThrownBy(() -> parse("user one\n\n# two\n" + line))
                .hasMessageContaining(problem.replace("line 1", "line 4"));
    }

    @Test
    void allMistakesAreToldAndNoPassword() {
        assertThatThrownBy(() -> parse("user a\nuser a\nuser b <s3cret\nfoo"))
                .isInstanceOfSatisfying(AclFile.Refused.class, refused -> assertThat(refused.problems())
                        .hasSize(3))
                .hasMessageContaining("line 2: 'a': expected each user once")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void whoeverReachesThePortWithoutAPasswordIsAMistakeWhereItIs() throws Exception {
        String text = "user a on nopass";

        assertThat(AclFile.parse(text, TABLE, new Random(1), false)).containsKey("a");
        assertThatThrownBy(() -> AclFile.parse(text, TABLE, new Random(1), true))
                .hasMessageContaining("line 1: 'nopass': expected a password");
        assertThat(AclFile.parse("user a off nopass", TABLE, new Random(1), true))
                .containsKey("a");
    }

    /** Whatever stands in a file: users, or problems with their lines, and never anything else. */
    @Test
    void anythingAtAllIsReadOrRefused() {
        Random random = new Random(20261123);
        String[] words = {
            "user", "a", "b", "on", "off", "nopass", "+get", "-@all", "+@all", "~*", "~a:*", "reset", "resetpass", "#",
            "<", "!", "~", "+", "-", "&*", "role=", "role=read", "\u00ff", "\0", "+client|list", "-client", "\n",
                    "\r\n",
            "\t", "%", HASH, "!" + HASH.substring(1), "allkeys", "resetkeys", "+@read", "user default #requirepass"
        };
        int read = 0;
        for (int run = 0; run < 5_000; run++) {
            StringBuilder text = new StringBuilder("user a ");
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(words[random.nextInt(words.length)]).append(random.nextInt(8) == 0 ? "" : " ");
            }
            try {
                Map<String, User> users = parse(text.toString());
                assertThat(AclFile.format(parse(AclFile.format(users.values())).values()))
                        .as(text.toString())
                        .isEqualTo(AclFile.format(users.values()));
                read++;
            } catch (AclFile.Refused refused) {
                assertThat(refused.problems()).allMatch(problem -> problem.startsWith("line "));
            }
        }
        assertThat(read).isBetween(100, 4_900);
    }

    @Test
    void rulesCountInTheirOrderAndAreShownSo() throws Exception {
        assertThat(user("+@all -@admin -get +config|get").account(false).commands())
                .isEqualTo("+@all -@admin -get +config|get");
        assertThat(user("+@read -get +client|id -@all").account(false).commands())
                .isEqualTo("-@all");
        assertThat(user("+@read +get -get +set").account(false).commands()).isEqualTo("-@all +@read -get +set");
        assertThat(user("+client|list -client|id +client").account(false).commands())
                .isEqualTo("-@all +client");
        assertThat(user("+CLIENT|LIST +Get").account(false).commands()).isEqualTo("-@all +client|list +get");
        assertThat(user("~a ~b ~a resetkeys ~d").account(false).keys()).isEqualTo("~d");
        Account account = user("on nopass ~a ~b").account(false);
        assertThat(account.flags()).containsExactly("on", "nopass");
        assertThat(account.keys()).isEqualTo("~a ~b");
        assertThat(user("nopass " + HASH).account(false).flags()).containsExactly("off");
        assertThat(user(HASH + " " + HASH).account(false).passwords()).containsExactly(HASH.substring(1));
        assertThat(user(HASH + " !" + HASH.substring(1)).account(false).passwords())
                .isEmpty();
        assertThat(user(HASH + " <password").account(false).passwords()).isEmpty();
    }

    @Test
    void rolesAreWhatTheySay() throws Exception {
        User reader = user("allkeys role=read");
        User writer = user("allkeys role=write");
        User admin = user("allkeys role=admin");
        for (CommandSpec row : TABLE.rows()) {
            boolean admins = AclCategory.of(row).contains(AclCategory.ADMIN);
            boolean writes = row.writes();
            boolean all = row.flags().contains(CommandSpec.Flag.NO_AUTH);
            assertThat(reader.mayRun(row)).as(row.name()).isEqualTo(all || (!admins && !writes));
            assertThat(writer.mayRun(row)).as(row.name()).isEqualTo(all || !admins);
            assertThat(admin.mayRun(row)).as(row.name()).isTrue();
        }
        assertThat(admin.isUnrestricted()).isTrue();
        assertThat(writer.isUnrestricted()).isFalse();
        assertThat(mayRun(writer, "CONFIG", "GET", "x")).isFalse();
        assertThat(mayRun(writer, "ACL", "WHOAMI")).isTrue();
        assertThat(mayRun(writer, "ACL", "SETUSER", "x")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"MONITOR", "SHUTDOWN", "DEBUG", "SAVE", "BGSAVE", "FORGET", "NODES", "ENTRIES", "ROLE"})
    void whatIsForAdministratorsIsForNobodyElse(String verb) throws Exception {
        assertThat(user("allkeys role=write").mayRun(TABLE.lookup(Request.of(verb))))
                .isFalse();
    }

    @Test
    void keysHaveToMatchAndAllOfThem() throws Exception {
        User user = user("~app:* ~one ~[xy]? +@all");

        assertThat(mayRun(user, "GET", "app:1")).isTrue();
        assertThat(mayRun(user, "GET", "one")).isTrue();
        assertThat(mayRun(user, "GET", "x1")).isTrue();
        assertThat(mayRun(user, "GET", "x12")).isFalse();
        assertThat(mayRun(user, "GET", "APP:1")).isFalse();
        assertThat(mayRun(user, "MGET", "app:1", "one", "two")).isFalse();
        assertThat(mayRun(user, "MSET", "app:1", "two", "one", "two")).isTrue();
        assertThat(mayRun(user, "MSET", "app:1", "1", "two", "1")).isFalse();
        assertThat(mayRun(user, "COPY", "app:1", "other")).isFalse();
        assertThat(mayRun(user, "RENAME", "other", "app:1")).isFalse();
        assertThat(mayRun(user, "OBJECT", "ENCODING", "other")).isFalse();
        assertThat(mayRun(user, "MEMORY", "USAGE", "other")).isFalse();
        assertThat(mayRun(user, "WATCH", "app:1", "other")).isFalse();
        assertThat(mayRun(user, "DBSIZE")).isTrue();
        assertThat(mayRun(user, "FLUSHALL")).isFalse();
        assertThat(mayRun(user, "FLUSHDB")).isFalse();
        assertThat(mayRun(user, "ENTRIES", "0")).isFalse();
        assertThat(mayRun(user("allkeys +@all"), "FLUSHALL")).isTrue();
    }

    @Test
    void whoMayDoNothingMayStillSayWhoItIs() throws Exception {
        User user = user("on");

        assertThat(mayRun(user, "AUTH", "x")).isTrue();
        assertThat(mayRun(user, "HELLO", "3")).isTrue();
        assertThat(mayRun(user, "QUIT")).isTrue();
        assertThat(mayRun(user, "RESET")).isTrue();
        assertThat(mayRun(user, "PING")).isFalse();
    }
}
