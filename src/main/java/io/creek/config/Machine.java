package io.creek.config;

/**
 * What the automatic values are derived from.
 *
 * @param processors that the JVM may use, a container's share included
 * @param directMemoryBytes the most that the JVM gives to off-heap buffers
 * @param heapBytes the most that the JVM gives to objects
 */
record Machine(int processors, long directMemoryBytes, long heapBytes) {

    static Machine current() {
        Runtime runtime = Runtime.getRuntime();
        return new Machine(runtime.availableProcessors(), directMemoryBytes(runtime), runtime.maxMemory());
    }

    private static long directMemoryBytes(Runtime runtime) {
        return MemoryShares.current().map(MemoryShares::storeBytes).orElseGet(() -> {
            long bytes = MemoryShares.directBytesAllowed();
            // Where -XX:MaxDirectMemorySize was not given, the JVM takes the size of the heap.
            return bytes == 0 ? runtime.maxMemory() : bytes;
        });
    }
}
