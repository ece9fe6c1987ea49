package io.creek.command;

import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which connections CLIENT LIST and CLIENT KILL mean: those that pass every condition; or why their arguments mean none.
 *
 * @param refusal null when the conditions could be read
 */
record ClientFilter(
        Predicate<ClientStatus> conditions, @Nullable Reply refusal) implements Predicate<ClientStatus> {
    /** Replicas, masters and subscribers are other types of Redis' that no connection has here. */
    private static final Set<String> OTHER_TYPES = Set.of("master", "slave", "replica", "pubsub");

    private static final int OPTIONS_AT = 2;

    @Override
    public boolean test(ClientStatus status) {
        return conditions.test(status);
    }

    private static ClientFilter of(Predicate<ClientStatus> conditions) {
        return new ClientFilter(conditions, null);
    }

    private static ClientFilter refused(Reply refusal) {
        return new ClientFilter(status -> false, refusal);
    }

    /** {@code [TYPE type | ID id ...]}. */
    static ClientFilter ofList(Request request) {
        if (request.size() == OPTIONS_AT) {
            return of(status -> true);
        }
        if (request.is(OPTIONS_AT, "TYPE") && request.size() == OPTIONS_AT + 2) {
            return type(request, OPTIONS_AT + 1);
        }
        if (!request.is(OPTIONS_AT, "ID") || request.size() == OPTIONS_AT + 1) {
            return refused(Errors.SYNTAX);
        }
        Set<Long> ids = new HashSet<>();
        for (int i = OPTIONS_AT + 1; i < request.size(); i++) {
            if (!request.isInteger(i)) {
                return refused(Reply.error("ERR Invalid client ID"));
            }
            ids.add(request.integer(i));
        }
        return of(status -> ids.contains(status.id()));
    }

    /** Pairs of a filter and its value; the last of a kind counts, as in Redis. */
    static ClientFilter ofKill(Request request, Client own) {
        Conditions conditions = new Conditions();
        for (int i = OPTIONS_AT; i < request.size(); i += 2) {
            if (i + 1 == request.size()) {
                return refused(Errors.SYNTAX);
            }
            Reply refusal = conditions.read(request, i, own);
            if (refusal != null) {
                return refused(refusal);
            }
        }
        long ownId = own.id();
        return of(status -> conditions.test(status) && !(conditions.skipOwn && status.id() == ownId));
    }

    private static ClientFilter type(Request request, int i) {
        String name = request.text(i).toLowerCase(Locale.ROOT);
        if (name.equals("normal")) {
            return of(status -> true);
        }
        return OTHER_TYPES.contains(name)
                ? of(status -> false)
                : refused(Reply.error("ERR Unknown client type '" + Errors.repeated(request, i) + "'"));
    }

    /** What CLIENT KILL's arguments have said so far. One thread, one use. */
    private static final class Conditions {
        private long id;
        private Predicate<ClientStatus> type = status -> true;
        private @Nullable String address;
        private @Nullable String localAddress;
        private @Nullable String user;
        private long ageSecondsMin;
        private boolean skipOwn = true;

        boolean test(ClientStatus status) {
            return (id == 0 || status.id() == id)
                    && type.test(status)
                    && (address == null || status.address().equals(address))
                    && (localAddress == null || status.localAddress().equals(localAddress))
                    && (user == null || status.user().equals(user))
                    && status.ageSeconds() >= ageSecondsMin;
        }

        /** Why the pair that begins at argument {@code i} is none; null when it is one. */
        @Nullable
        Reply read(Request request, int i, Client own) {
            int value = i + 1;
            if (request.is(i, "ID")) {
                if (!request.isInteger(value) || request.integer(value) < 1) {
                    return Reply.error("ERR client-id should be greater than 0");
                }
                id = request.integer(value);
            } else if (request.is(i, "TYPE")) {
                ClientFilter named = ClientFilter.type(request, value);
                type = named.conditions();
                return named.refusal();
            } else if (request.is(i, "ADDR")) {
                address = request.text(value);
            } else if (request.is(i, "LADDR")) {
                localAddress = request.text(value);
            } else if (request.is(i, "USER")) {
                user = request.text(value);
                return own.isUser(user)
                        ? null
                        : Reply.error("ERR No such user '" + Errors.repeated(request, value) + "'");
            } else if (request.is(i, "MAXAGE")) {
                if (!request.isInteger(value)) {
                    return Reply.error("ERR maxage is not an integer or out of range");
                }
                if (request.integer(value) < 1) {
                    return Reply.error("ERR maxage should be greater than 0");
                }
                ageSecondsMin = request.integer(value);
            } else if (request.is(i, "SKIPME") && (request.is(value, "YES") || request.is(value, "NO"))) {
                skipOwn = request.is(value, "YES");
            } else {
                return Errors.SYNTAX;
            }
            return null;
        }
    }
}
