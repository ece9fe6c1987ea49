package io.creek;

import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the launcher gives the JVM in a container of so much memory and so many processors: asked of the launcher itself.
 *
 * @param limitBytes of the container
 * @param networkBytes of Netty's buffers, which are counted apart from direct memory
 */
record LauncherMemory(long limitBytes, long heapBytes, long directBytes, long networkBytes) {
    private static final Path LAUNCHER = Path.of("src/main/launcher/creek");
    private static final long MIB = 1L << 20;

    static LauncherMemory of(Path directory, Map<String, Quantity> limits) throws IOException, InterruptedException {
        Path cgroup = Files.createDirectories(directory.resolve("sys/fs/cgroup"));
        Path proc = Files.createDirectories(directory.resolve("proc/self"));
        long bytes = Quantity.getAmountInBytes(limits.get("memory")).longValueExact();
        long cpuMicros = Quantity.getAmountInBytes(limits.get("cpu"))
                .multiply(BigDecimal.valueOf(100_000))
                .longValueExact();
        Files.writeString(proc.resolve("cgroup"), "0::/\n");
        Files.writeString(directory.resolve("proc/meminfo"), "MemTotal:       65536000 kB\n");
        Files.writeString(cgroup.resolve("memory.max"), bytes + "\n");
        Files.writeString(cgroup.resolve("cpu.max"), cpuMicros + " 100000\n");
        Path bin = Files.createDirectories(directory.resolve("java/bin"));
        Path java = bin.resolve("java");
        Files.writeString(
                java,
                "#!/bin/sh\n[ \"$1\" != -version ] || { echo 'openjdk version \"17\"' >&2; exit 0; }\necho \"$@\"\n");
        Path launcher = Files.copy(LAUNCHER, directory.resolve("creek"));
        Files.writeString(directory.resolve("creek-fat.jar"), "");
        if (!java.toFile().setExecutable(true) || !launcher.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + java + " and " + launcher + " executable");
        }
        Path out = directory.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(List.of(launcher.toString()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().remove("CREEK_JAVA_OPTS");
        builder.environment().put("CREEK_SYSROOT", directory.toString());
        builder.environment().put("JAVA_HOME", directory.resolve("java").toString());
        Process process = builder.start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the launcher did not end within 20 s");
        }
        String flags = Files.readString(out);
        return new LauncherMemory(
                bytes,
                number(flags, "-Xmx(\\d+)m") * MIB,
                number(flags, "-XX:MaxDirectMemorySize=(\\d+)m") * MIB,
                number(flags, "-Dio.netty.maxDirectMemory=(\\d+)"));
    }

    private static long number(String flags, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(flags);
        if (!matcher.find()) {
            throw new AssertionError("expected " + pattern + ", actual " + flags);
        }
        return Long.parseLong(matcher.group(1));
    }

    /** For the JVM itself, code, threads and classes, and for the kernel's cache of the log. */
    long leftBytes() {
        return limitBytes - heapBytes - directBytes - networkBytes;
    }
}
