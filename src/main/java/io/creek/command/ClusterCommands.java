package io.creek.command;

import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import java.util.List;

/** CLUSTER, READONLY, READWRITE: how a client learns that keys are not spread over nodes, as in Redis without cluster mode. */
final class ClusterCommands {
    private static final Reply DISABLED = Reply.error("ERR This instance has cluster support disabled");

    static final List<CommandSpec> SPECS = List.of(
            spec("readonly", 1, "3.0.0").flags(FAST).does("Answers that this is no cluster", disabled()),
            spec("readwrite", 1, "3.0.0").flags(FAST).does("Answers that this is no cluster", disabled()),
            spec("cluster", -2, "3.0.0")
                    .syntax("INFO | MYID | NODES | SHARDS | SLOTS | KEYSLOT key | COUNTKEYSINSLOT slot |"
                            + " GETKEYSINSLOT slot count | HELP")
                    .has(
                            "Answers that this is no cluster",
                            subcommand("info", 2, "3.0.0"),
                            subcommand("myid", 2, "3.0.0"),
                            subcommand("nodes", 2, "3.0.0"),
                            subcommand("shards", 2, "7.0.0"),
                            subcommand("slots", 2, "3.0.0"),
                            subcommand("keyslot", 3, "3.0.0"),
                            subcommand("countkeysinslot", 3, "3.0.0"),
                            subcommand("getkeysinslot", 4, "3.0.0"),
                            subcommand("help", 2, "5.0.0")));

    private ClusterCommands() {}

    private static CommandSpec.Builder spec(String name, int arity, String since) {
        return CommandSpec.named(name, arity).flags(LOADING).about("cluster", since, "O(1)");
    }

    private static CommandSpec subcommand(String name, int arity, String since) {
        return spec("cluster|" + name, arity, since).does("Answers that this is no cluster", disabled());
    }

    private static SessionCommand disabled() {
        return (request, client) -> DISABLED;
    }
}
