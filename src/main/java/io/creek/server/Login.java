package io.creek.server;

import io.creek.command.AclLog;
import io.creek.command.LoginCommand;
import io.creek.command.LoginCommand.Credentials;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import io.creek.security.LoginVerdict;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Has what a client says of itself checked, and answers late when that is wrong. Owned by the session's event loop. */
final class Login {
    private static final Reply BUSY =
            Reply.error("ERR too many passwords wait to be checked, this one was not: try again later");

    private final SessionGroup group;
    private final Session session;
    private final ClientState client;
    private boolean inputEnded;
    private boolean gone;

    Login(SessionGroup group, Session session, ClientState client) {
        this.group = group;
        this.session = session;
        this.client = client;
    }

    /** The reply; completes on the session's loop, at once where nothing has to be waited for. */
    CompletableFuture<Reply> reply(LoginCommand command, Request request) {
        Optional<Credentials> told = command.credentials(request, client);
        if (told.isEmpty()) {
            return CompletableFuture.completedFuture(command.apply(request, client));
        }
        long begun = System.nanoTime();
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        group.loginTurns().begin(() -> check(command, request, told.get(), begun, reply));
        return reply;
    }

    private void check(
            LoginCommand command, Request request, Credentials told, long begun, CompletableFuture<Reply> reply) {
        CompletableFuture<LoginVerdict> check = group.node().users().check(told.user(), told.password());
        if (check.isDone() && !check.isCompletedExceptionally()) {
            decided(check.join(), command, request, told, begun, reply);
        } else {
            var unused = check.whenComplete((verdict, failure) -> group.later(() ->
                    decided(verdict == null ? LoginVerdict.BUSY : verdict, command, request, told, begun, reply)));
        }
    }

    /** The client sends nothing more: nothing else tells of those that have closed, so where many wait it is closed unanswered. */
    void inputEnded() {
        inputEnded = true;
        giveWay();
    }

    private void giveWay() {
        if (inputEnded && group.refusals().isCrowdedBy(this)) {
            session.kill();
        }
    }

    /** The connection is gone: nobody waits to be told any more. */
    void gone() {
        gone = true;
        group.refusals().forget(this);
    }

    private void decided(
            LoginVerdict verdict,
            LoginCommand command,
            Request request,
            Credentials told,
            long begun,
            CompletableFuture<Reply> reply) {
        if (verdict == LoginVerdict.RIGHT && client.becomes(name(told))) {
            reply.complete(command.apply(request, client));
            return;
        }
        // At once: who does not wait for the answer has guessed all the same.
        record(request, told);
        Reply refused = verdict == LoginVerdict.BUSY ? BUSY : LoginCommand.WRONG;
        if (gone) {
            reply.complete(refused);
        } else if (group.refusals().add(this, begun, () -> reply.complete(refused))) {
            giveWay();
        } else {
            session.kill();
            group.later(() -> reply.complete(refused));
        }
    }

    private static String name(Credentials told) {
        return new String(told.user(), StandardCharsets.ISO_8859_1);
    }

    private void record(Request request, Credentials told) {
        boolean inTransaction = client.transaction().queuedCommands() >= 0;
        String command = request.text(0).toUpperCase(Locale.ROOT);
        group.node()
                .users()
                .log()
                .record(AclLog.Reason.AUTH, inTransaction, command, name(told), session.status(System.nanoTime()));
    }
}
