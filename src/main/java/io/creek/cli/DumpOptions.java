package io.creek.cli;

import io.creek.config.StartupException;
import io.creek.store.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The arguments of {@code creek dump}. Immutable.
 *
 * @param horizon tombstones that this one lets go are left out; none for no horizon
 * @param port of the running node to dump; none for the data directory that the flags tell
 * @param flags those that are a node's own, in order
 */
record DumpOptions(
        boolean help,
        boolean all,
        Optional<Long> horizon,
        Optional<String> output,
        String host,
        Optional<Integer> port,
        List<String> flags) {
    static final String USAGE = """
            Usage:
              creek dump [--all [--horizon C]] [--output FILE] [flags]               dumps the data directory that the flags tell
              creek dump [--all [--horizon C]] [--output FILE] --port P [--host H]   dumps the running node on that port
            """;

    private static final String LOCALHOST = "localhost";
    private static final int PORT_MAX = 65_535;

    DumpOptions {
        flags = List.copyOf(flags);
    }

    /** @throws StartupException when they contradict each other */
    static DumpOptions parse(List<String> arguments) {
        List<String> flags = new ArrayList<>(arguments);
        boolean help = flags.removeAll(List.of("--help", "-help", "-h"));
        boolean all = flags.remove("--all");
        Optional<Long> horizon = take(flags, "--horizon").map(DumpOptions::clock);
        if (horizon.isPresent() && !all) {
            throw refused("flag --horizon: expected with --all, which shows tombstones");
        }
        Optional<String> output = take(flags, "--output");
        Optional<String> host = take(flags, "--host");
        Optional<Integer> port = take(flags, "--port").map(DumpOptions::port);
        if (host.isPresent() && port.isEmpty()) {
            throw refused("flag --host: expected with --port, which says that a running node is to be dumped");
        }
        if (port.isPresent() && !flags.isEmpty()) {
            throw refused("flag " + flags.get(0)
                    + ": expected only --all, --horizon, --output and --host with --port, which dumps a running node; -port N, with one dash,"
                    + " dumps the directory of the node of that port");
        }
        return new DumpOptions(help, all, horizon, output, host.orElse(LOCALHOST), port, flags);
    }

    private static Optional<String> take(List<String> flags, String name) {
        for (int i = 0; i < flags.size(); i++) {
            String flag = flags.get(i);
            if (flag.startsWith(name + "=")) {
                flags.remove(i);
                return Optional.of(flag.substring(name.length() + 1));
            }
            if (flag.equals(name)) {
                if (i + 1 == flags.size()) {
                    throw refused("flag " + name + ": expected a value");
                }
                flags.remove(i);
                return Optional.of(flags.remove(i));
            }
        }
        return Optional.empty();
    }

    private static long clock(String text) {
        try {
            return Version.parseClock(text);
        } catch (NumberFormatException e) {
            throw refused("flag --horizon: expected hexadecimal digits, as in the first line of another dump, actual "
                    + text);
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= PORT_MAX) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw refused("flag --port: expected 1 to " + PORT_MAX + ", actual " + text);
    }

    private static StartupException refused(String problem) {
        return new StartupException(StartupException.CONFIGURATION, problem);
    }
}
