package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.KEYS_ONLY;
import static io.creek.command.CommandSpec.Flag.LOADING;

import java.util.List;

/** MULTI, EXEC, DISCARD, WATCH, UNWATCH: they steer the connection's transaction, which its session keeps. */
public enum TransactionCommand implements Command {
    MULTI,
    EXEC,
    DISCARD,
    WATCH,
    UNWATCH;

    static final List<CommandSpec> SPECS = List.of(
            spec("multi", "1.2.0", "O(1)", FAST, LOADING).does("Begins a transaction: what follows is queued", MULTI),
            spec("exec", "1.2.0", "Depends on commands in the transaction", LOADING)
                    .does("Runs what was queued, all at once, unless a watched key has changed", EXEC),
            spec("discard", "2.0.0", "O(N), when N is the number of queued commands", FAST, LOADING)
                    .does("Forgets what was queued", DISCARD),
            CommandSpec.named("watch", -2)
                    .flags(FAST, LOADING, KEYS_ONLY)
                    .keys(1, -1, 1)
                    .about("transactions", "2.2.0", "O(1) for every key.")
                    .syntax("key [key ...]")
                    .does("Has the next EXEC do nothing if one of the keys has changed by then", WATCH),
            spec("unwatch", "2.2.0", "O(1)", FAST, LOADING).does("Forgets what was watched", UNWATCH));

    private static CommandSpec.Builder spec(String name, String since, String complexity, CommandSpec.Flag... flags) {
        return CommandSpec.named(name, 1).flags(flags).about("transactions", since, complexity);
    }
}
