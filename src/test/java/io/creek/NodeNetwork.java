package io.creek;

import java.util.List;

/** Where the nodes of a test are, each by its index from 0: how its process is started there, and by what others reach it. */
interface NodeNetwork extends AutoCloseable {
    int nodes();

    /** Where its clients, and its peers, reach the node. */
    String host(int node);

    int port(int node);

    /** What its command line begins with, before the JVM. */
    List<String> prefix(int node);

    /** Flags that tell the node where it is. */
    List<String> flags(int node);

    /** The value of {@code peer_nodes}: all but itself. */
    String peers(int node);

    @Override
    void close();
}
