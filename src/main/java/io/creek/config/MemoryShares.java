package io.creek.config;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * The shares of a machine's, or a container's, memory that lie outside of the heap, where the JVM was not told them but allowed more direct memory than
 * there is: it has an option for the heap's share alone. The launcher tells it; the image, which has no shell to reckon in, does not.
 *
 * <p>An eighth is for the network's buffers, a quarter for the JVM itself and for the kernel's cache of the log, and the store has what the heap and
 * those leave, but a quarter at least.
 *
 * @param storeBytes of direct memory
 * @param networkBytes of Netty's buffers, which are counted apart from direct memory
 */
public record MemoryShares(long storeBytes, long networkBytes) {
    private static final String NETWORK_BYTES = "io.netty.maxDirectMemory";
    private static final String NETWORK_APART = "io.netty.tryReflectionSetAccessible";

    static MemoryShares of(long memoryBytes, long heapBytes) {
        long networkBytes = memoryBytes / 8;
        long left = memoryBytes - heapBytes - networkBytes - memoryBytes / 4;
        return new MemoryShares(Math.max(left, memoryBytes / 4), networkBytes);
    }

    /** Empty where somebody has said {@code -XX:MaxDirectMemorySize}, or nobody anything. */
    static Optional<MemoryShares> current() {
        long memoryBytes =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return directBytesAllowed() > memoryBytes
                ? Optional.of(of(memoryBytes, Runtime.getRuntime().maxMemory()))
                : Optional.empty();
    }

    /** As {@code -XX:MaxDirectMemorySize} says; 0 when it was not given. */
    static long directBytesAllowed() {
        return Long.parseLong(ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize")
                .getValue());
    }

    /**
     * Has the network's buffers counted apart, by Netty: where it has to ask the JVM for them, as it does unless it is told otherwise, clients that do not
     * read take what the store was promised. And bounds them to their share, unless somebody has said how many there may be. Before Netty is loaded.
     */
    public static void boundNetwork() {
        if (System.getProperty(NETWORK_APART) == null) {
            System.setProperty(NETWORK_APART, "true");
        }
        if (System.getProperty(NETWORK_BYTES) == null) {
            current().ifPresent(shares -> System.setProperty(NETWORK_BYTES, String.valueOf(shares.networkBytes)));
        }
    }
}
