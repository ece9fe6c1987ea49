package io.creek;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The shared libraries of this machine that the programs and libraries of a Java runtime need, as {@code ldd} finds them. Stateless. */
final class SharedLibraries {
    private static final int ELF = 0x7f454c46;

    /** {@code libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)}, and the loader, which has no arrow. */
    private static final Pattern FOUND = Pattern.compile("\\s(/\\S+) \\(0x[0-9a-f]+\\)");

    private static final Pattern MISSING = Pattern.compile("\\s(\\S+) => not found");

    /** What the C library loads by itself to look names up; part of it since glibc 2.34. */
    private static final List<String> NAME_SERVICES = List.of("libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2");

    private SharedLibraries() {}

    static Set<Path> of(Path runtime) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "env", "LD_LIBRARY_PATH=" + runtime.resolve("lib") + ":" + runtime.resolve("lib/server"), "ldd"));
        try (Stream<Path> files = Files.walk(runtime)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (isElf(file)) {
                    command.add(file.toString());
                }
            }
        }
        String said = run(command);
        Matcher missing = MISSING.matcher(said);
        if (missing.find()) {
            throw new IOException(runtime + " needs " + missing.group(1)
                    + ", which is not installed; install it, or leave out what needs it:\n" + said);
        }
        Set<Path> libraries = FOUND.matcher(said)
                .results()
                .map(found -> Path.of(found.group(1)))
                .filter(library -> !library.normalize().startsWith(runtime))
                .collect(Collectors.toCollection(TreeSet::new));
        libraries.addAll(libraries.stream()
                .filter(library -> library.endsWith("libc.so.6"))
                .flatMap(library -> NAME_SERVICES.stream().map(library::resolveSibling))
                .filter(Files::exists)
                .toList());
        return libraries;
    }

    /** The licence of the Debian package that a library is from; empty on other systems. */
    static Optional<Path> licence(Path library) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/dpkg-query"))) {
            return Optional.empty();
        }
        String said = run(List.of(
                "dpkg-query",
                "--search",
                library.toString(),
                library.toRealPath().toString()));
        return said.lines()
                .filter(line -> line.contains(": /"))
                .map(line -> Path.of("/usr/share/doc", line.substring(0, line.indexOf(':')), "copyright"))
                .filter(Files::exists)
                .findFirst();
    }

    private static boolean isElf(Path file) throws IOException {
        if (Files.size(file) < Integer.BYTES) {
            return false;
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return in.readInt() == ELF;
        }
    }

    /** What a command says, whatever its exit code: that of ldd tells of files that are not dynamic. */
    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
