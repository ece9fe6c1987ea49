package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** NODES and FORGET: the other nodes, a line each, and how one that is gone for good is taken off their list. */
final class NodesCommand {
    private static final double MILLIS_PER_SECOND = 1e3;
    private static final int NODE_DIGITS = 16;
    private static final int HEXADECIMAL = 16;

    static final List<CommandSpec> SPECS = List.of(
            CommandSpec.named("nodes", 1)
                    .flags(ADMIN, FAST, LOADING)
                    .about("server", "1.0.0", "O(N) with N being the number of nodes")
                    .does(
                            "Shows the other nodes: number, address, state, how far they lag behind what was written here",
                            (NodeCommand) (request, node) -> CompletableFuture.completedStage(
                                    lines(node.peers().reports()))),
            CommandSpec.named("forget", 2)
                    .flags(ADMIN)
                    .about("server", "1.0.0", "O(N) with N being the number of nodes")
                    .syntax("node")
                    .does(
                            "Takes a node that is gone for good off the list, once all others have compared with each other",
                            (NodeCommand) NodesCommand::forget));

    private NodesCommand() {}

    private static Reply lines(List<Peers.PeerReport> reports) {
        return Reply.array(
                reports.stream().map(NodesCommand::line).map(Reply::bulk).toArray(Reply[]::new));
    }

    private static String line(Peers.PeerReport peer) {
        return String.format(
                Locale.ROOT,
                "id=%s addr=%s state=%s member=%s role=%s lag_bytes=%d lag_seconds=%.3f contact_seconds=%.3f"
                        + " horizon_seconds=%.3f ahead_seconds=%.3f",
                peer.node(),
                peer.address(),
                peer.state(),
                peer.member(),
                peer.readOnly() ? "slave" : "master",
                peer.lagBytes(),
                peer.lagMillis() / MILLIS_PER_SECOND,
                peer.contactMillisAgo() < 0 ? -1 : peer.contactMillisAgo() / MILLIS_PER_SECOND,
                peer.horizonMillisBehind() / MILLIS_PER_SECOND,
                peer.aheadMillis() / MILLIS_PER_SECOND);
    }

    private static CompletionStage<Reply> forget(Request request, NodeControl node) {
        String text = request.text(1);
        long number;
        try {
            number = text.length() == NODE_DIGITS ? Long.parseUnsignedLong(text, HEXADECIMAL) : 0;
        } catch (NumberFormatException e) {
            number = 0;
        }
        if (number == 0) {
            return CompletableFuture.completedStage(
                    Reply.error("ERR expected a node's number as NODES shows it, 16 hexadecimal digits, actual '"
                            + Errors.repeated(request, 1) + "'"));
        }
        return node.peers().forget(number).thenApply(outcome -> switch (outcome) {
            case BEGUN -> Reply.OK;
            case NOT_A_MEMBER -> Reply.error("ERR node " + text + " is not a member: NODES shows those that are");
            case ITSELF -> Reply.error("ERR node " + text + " is this one: ask another node to forget it");
            case REACHABLE -> Reply.error("ERR node " + text + " can be reached: stop it before it is forgotten");
        });
    }
}
