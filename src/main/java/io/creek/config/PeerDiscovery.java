package io.creek.config;

/** How a node learns where its peers are, beside {@code peer_nodes}. */
public enum PeerDiscovery {
    /** It is told: {@code peer_nodes} lists them all, or it runs alone. */
    NONE,
    /** From the addresses of one DNS name, as a headless service of Kubernetes has it. */
    DNS
}
