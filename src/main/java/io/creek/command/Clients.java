package io.creek.command;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** All connections of the node, on whatever event loops they are. Any thread. */
public interface Clients {

    /** What each connection is doing, the oldest first: each event loop's as it was at one moment. */
    CompletionStage<List<ClientStatus>> list();

    /**
     * Closes connections; completes with their number.
     *
     * @param own connection that asks for it: it still gets its reply
     */
    CompletionStage<Integer> kill(Predicate<ClientStatus> which, Client own);

    /** Has a connection wait no more, with an error or as if its time was over; completes with whether it waited. */
    CompletionStage<Boolean> unblock(long id, boolean withError);

    /** Holds commands back: all, or only those that write. A pause that holds already is never shortened or made less strict. */
    void pause(long millis, boolean writesOnly);

    void unpause();
}
