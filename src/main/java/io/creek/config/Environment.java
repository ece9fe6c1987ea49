package io.creek.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The environment as a source: {@code PEER_NODES}, and {@code CREEK_} before a key in capitals. Immutable.
 *
 * <p>Kubernetes sets variables for every service of the namespace, and a service may be called {@code creek} or {@code
 * creek-}something: {@code CREEK_SERVICE_HOST}, {@code CREEK_PORT=tcp://10.0.0.1:8080}, {@code CREEK_PORT_8080_TCP_ADDR}.
 * None of these is a key.
 */
final class Environment {

    private static final String PREFIX = "CREEK_";
    private static final String CONF_FILE = "CREEK_CONF_FILE";
    private static final String CONF_DIRECTORY = "CREEK_CONF_DIR";

    private static final Pattern OURS_BUT_NO_KEY = Pattern.compile("CREEK_(CONF_.*|JAVA_OPTS|(FROM_)?PASSWORD)");
    private static final Pattern OF_A_SERVICE = Pattern.compile(
            "CREEK_(.*_)?SERVICE_(HOST|PORT(_.*)?)|CREEK_(.*_)?PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");
    private static final Pattern PORT_OF_A_SERVICE = Pattern.compile("CREEK_(.*_)?PORT");
    private static final Pattern URL = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = new TreeMap<>(variables);
    }

    Optional<String> confFile() {
        return Optional.ofNullable(variables.get(CONF_FILE));
    }

    Optional<String> confDirectory() {
        return Optional.ofNullable(variables.get(CONF_DIRECTORY));
    }

    Layer layer() {
        List<Assignment> assignments = new ArrayList<>();
        variables.forEach((name, value) -> {
            if (name.equals("PEER_NODES") || isKey(name, value)) {
                String key = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
                assignments.add(new Assignment(key.toLowerCase(Locale.ROOT), value.strip(), "environment " + name));
            }
        });
        return new Layer(assignments, List.of());
    }

    private static boolean isKey(String name, String value) {
        return name.startsWith(PREFIX)
                && !OURS_BUT_NO_KEY.matcher(name).matches()
                && !OF_A_SERVICE.matcher(name).matches()
                && !(PORT_OF_A_SERVICE.matcher(name).matches()
                        && URL.matcher(value).matches());
    }
}
