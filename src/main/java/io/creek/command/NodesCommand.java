package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.FAST;
import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.protocol.Reply;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** NODES: this node and its peers, a line each. */
final class NodesCommand {
    private static final double MILLIS_PER_SECOND = 1e3;

    static final CommandSpec SPEC = CommandSpec.named("nodes", 1)
            .flags(ADMIN, FAST, LOADING)
            .about("server", "1.0.0", "O(N) with N being the number of nodes")
            .does(
                    "Shows the other nodes: number, address, state, how far they lag behind what was written here",
                    (NodeCommand) (request, node) ->
                            CompletableFuture.completedStage(lines(node.peers().reports())));

    private NodesCommand() {}

    private static Reply lines(List<Peers.PeerReport> reports) {
        return Reply.array(
                reports.stream().map(NodesCommand::line).map(Reply::bulk).toArray(Reply[]::new));
    }

    private static String line(Peers.PeerReport peer) {
        return String.format(
                Locale.ROOT,
                "id=%s addr=%s state=%s lag_bytes=%d lag_seconds=%.3f contact_seconds=%.3f",
                peer.node(),
                peer.address(),
                peer.state(),
                peer.lagBytes(),
                peer.lagMillis() / MILLIS_PER_SECOND,
                peer.contactMillisAgo() < 0 ? -1 : peer.contactMillisAgo() / MILLIS_PER_SECOND);
    }
}
