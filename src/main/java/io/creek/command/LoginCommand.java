package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.Optional;

/**
 * A command by which a client can say who it is. Its credentials are checked first, which may take a while; when they are right the client
 * is that user, and the command is applied. When they are wrong it is not: {@link #WRONG} is the answer.
 */
public sealed interface LoginCommand extends Command permits AuthCommand, HelloCommand {
    /** What a client is told whose user or password is wrong, without a word about which. */
    Reply WRONG = Reply.error("WRONGPASS invalid username-password pair or user is disabled.");

    /** A user's name and password, as they were sent. Never shown. */
    final class Credentials {
        private final byte[] user;
        private final byte[] password;

        Credentials(byte[] user, byte[] password) {
            this.user = user;
            this.password = password;
        }

        public byte[] user() {
            return user;
        }

        public byte[] password() {
            return password;
        }

        @Override
        public String toString() {
            return "(not shown)";
        }
    }

    /** What the request says of who its client is; none when it says nothing, or has a mistake before. */
    Optional<Credentials> credentials(Request request, Client client);

    /** Runs on the event loop of the session. */
    Reply apply(Request request, Client client);
}
