package io.creek.config;

/** Where keys and values lie while the server runs. */
public enum StoreVolume {
    /** In the JVM's direct memory. */
    MEMORY,
    /** In memory-mapped scratch files, of which the operating system keeps in memory what it can. */
    MMAP
}
