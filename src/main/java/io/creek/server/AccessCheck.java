package io.creek.server;

import io.creek.command.AclLog;
import io.creek.command.CommandSpec;
import io.creek.command.TransactionCommand;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import io.creek.security.User;
import io.creek.store.TransactionOperation.Queued;
import java.util.Optional;

/** What a user may not do: told to the client, counted, and kept for ACL LOG. Owned by the session's event loop. */
final class AccessCheck {
    private static final Optional<Reply> KEY_REFUSED =
            Optional.of(Reply.error("NOPERM this user has no permissions to access one of the keys used as arguments"));

    private static final String CHANGED =
            "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is"
                    + " no longer allowed for the following reason: ";

    private final SessionGroup group;
    private final Session session;
    private final ClientState client;

    AccessCheck(SessionGroup group, Session session, ClientState client) {
        this.group = group;
        this.session = session;
        this.client = client;
    }

    /** The error for a command that the user may not run, or that has a key which it may not touch. */
    Optional<Reply> refusal(User user, CommandSpec spec, Request request) {
        if (!user.mayRun(spec)) {
            record(AclLog.Reason.COMMAND, spec.name(), user);
            return Optional.of(
                    Reply.error("NOPERM this user has no permissions to run the '" + spec.name() + "' command"));
        }
        int refusedKey = user.refusedKey(spec, request);
        if (refusedKey >= 0) {
            record(AclLog.Reason.KEY, request.text(refusedKey), user);
            return KEY_REFUSED;
        }
        return spec.command() == TransactionCommand.EXEC ? refusalOfQueued(user) : Optional.empty();
    }

    /** What was queued was allowed then; it has to be now. */
    private Optional<Reply> refusalOfQueued(User user) {
        for (Queued queued : client.transaction().queued()) {
            if (!user.mayRun(queued.spec())) {
                record(AclLog.Reason.COMMAND, queued.spec().name(), user);
                return Optional.of(Reply.error(CHANGED + "no permission to execute the command or subcommand"));
            }
            int refusedKey = user.refusedKey(queued.spec(), queued.request());
            if (refusedKey >= 0) {
                record(AclLog.Reason.KEY, queued.request().text(refusedKey), user);
                return Optional.of(Reply.error(CHANGED + "no permission to touch the specified keys"));
            }
        }
        return Optional.empty();
    }

    private void record(AclLog.Reason reason, String object, User user) {
        boolean inTransaction = client.transaction().queuedCommands() >= 0;
        group.node()
                .users()
                .log()
                .record(reason, inTransaction, object, user.name(), session.status(System.nanoTime()));
    }
}
