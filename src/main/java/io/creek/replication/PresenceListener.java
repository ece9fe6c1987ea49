package io.creek.replication;

import io.creek.config.HostPort;

/** Is told which nodes can be reached, one thing after the other, on the executor that it was registered with. */
public interface PresenceListener {
    /**
     * The cluster has the node. Told again when it comes back before it was missed, perhaps at another address.
     *
     * @param node its number
     * @param client where its clients connect
     */
    void appeared(long node, HostPort client);

    /** The cluster does not have it any more: it has stopped, or cannot be reached. */
    void vanished(long node, HostPort client);

    /**
     * Another process has our number and was there before us: no write that is made here from now on can be trusted to keep apart from its own.
     *
     * @param problem what the operator has to know, and to do
     */
    void numberTaken(String problem);
}
