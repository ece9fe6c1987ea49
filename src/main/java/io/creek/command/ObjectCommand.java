package io.creek.command;

import static io.creek.command.CommandSpec.Flag.KEYS_ONLY;
import static io.creek.command.CommandSpec.Flag.LOADING;
import static io.creek.command.CommandSpec.Flag.READONLY;

import io.creek.protocol.IntegerCodec;
import io.creek.protocol.Reply;
import java.util.Arrays;

/**
 * OBJECT ENCODING, FREQ, IDLETIME, REFCOUNT, HELP: what tools ask of the value behind a key.
 *
 * <p>Creek has one layout for all values and counts no accesses. ENCODING names what Redis chooses for a value that was just SET;
 * IDLETIME is 0 and REFCOUNT 1.
 */
final class ObjectCommand {
    /** The longest value that Redis keeps in one piece with its header. */
    private static final int EMBEDDED_BYTES_MAX = 44;

    private static final Reply INTEGER = Reply.bulk("int");
    private static final Reply EMBEDDED = Reply.bulk("embstr");
    private static final Reply RAW = Reply.bulk("raw");
    private static final Reply NO_FREQUENCY =
            Reply.error("ERR An LFU maxmemory policy is not selected, access frequency not"
                    + " tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to"
                    + " adjust.");

    private static final Reply HELP = new Reply.Array(Arrays.<Reply>asList(
            new Reply.Status("OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"),
            new Reply.Status("ENCODING <key>"),
            new Reply.Status("    Return the kind of internal representation used in order to store the value"),
            new Reply.Status("    associated with a <key>."),
            new Reply.Status("FREQ <key>"),
            new Reply.Status("    Return the access frequency index of the <key>. The returned integer is"),
            new Reply.Status("    proportional to the logarithm of the recent access frequency of the key."),
            new Reply.Status("IDLETIME <key>"),
            new Reply.Status("    Return the idle time of the <key>, that is the approximated number of"),
            new Reply.Status("    seconds elapsed since the last access to the key."),
            new Reply.Status("REFCOUNT <key>"),
            new Reply.Status("    Return the number of references of the value associated with the specified"),
            new Reply.Status("    <key>."),
            new Reply.Status("HELP"),
            new Reply.Status("    Prints this help.")));

    static final CommandSpec SPEC = CommandSpec.named("object", -2)
            .about("generic", "2.2.3", "Depends on subcommand")
            .syntax("ENCODING key | FREQ key | IDLETIME key | REFCOUNT key | HELP")
            .has(
                    "Tells how a value is kept",
                    overKey("encoding", "2.2.3", "Answers int, embstr or raw", keys -> encoding(keys)),
                    overKey("freq", "4.0.0", "Answers an error: accesses are not counted", keys -> NO_FREQUENCY),
                    overKey("idletime", "2.2.3", "Answers 0: accesses are not timed", keys -> Replies.ZERO),
                    overKey("refcount", "2.2.3", "Answers 1: values are not shared", keys -> Replies.ONE),
                    CommandSpec.named("object|help", 2)
                            .flags(LOADING)
                            .about("generic", "6.2.0", "O(1)")
                            .does("Lists the subcommands", (SessionCommand) (request, client) -> HELP));

    private ObjectCommand() {}

    /** What a subcommand answers of a key that exists. */
    private interface Question {
        Reply answer(Keys keys);
    }

    private static CommandSpec overKey(String name, String since, String summary, Question question) {
        CommandSpec.Builder row = CommandSpec.named("object|" + name, 3).flags(READONLY);
        if (!name.equals("encoding")) {
            row.flags(KEYS_ONLY);
        }
        return row.keys(2, 2, 1).about("generic", since, "O(1)").syntax("key").does(summary, (KeyCommand)
                (request, keys) -> keys.exists(0) ? question.answer(keys) : Reply.NIL);
    }

    private static Reply encoding(Keys keys) {
        int length = keys.valueLength(0);
        if (length > EMBEDDED_BYTES_MAX) {
            return RAW;
        }
        byte[] value = keys.value(0);
        return value != null && IntegerCodec.isInteger(value, 0, length) ? INTEGER : EMBEDDED;
    }
}
