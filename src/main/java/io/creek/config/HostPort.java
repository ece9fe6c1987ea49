package io.creek.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host and a TCP port.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without its brackets
 * @param port 0 to 65535; 0, to listen only, is any free port
 */
public record HostPort(String host, int port) {

    static final int PORT_MAX = 65_535;

    private static final Pattern NAME_OR_IPV4 = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:)[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9_.-]+)?");
    private static final Pattern IPV4 = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
    private static final Pattern IPV6_LOOPBACK = Pattern.compile("(0{1,4}:){7}0{0,3}1|::(0{1,4}:)*0{0,3}1");
    private static final Pattern IPV4_ANY = Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.|$)){4}");

    /** Null when {@code text} is not {@code host:port} or {@code [ipv6]:port} with a port in the range. */
    public static @Nullable HostPort parse(String text, int portMin) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return null;
        }
        Integer port = port(text.substring(colon + 1), portMin);
        String host = host(text.substring(0, colon));
        return port == null || host == null ? null : new HostPort(host, port);
    }

    static @Nullable Integer port(String text, int portMin) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        int port = Integer.parseInt(text);
        return port < portMin || port > PORT_MAX ? null : port;
    }

    /** Null when {@code text} is no name and no address; an IPv6 address may stand in brackets. */
    static @Nullable String parseHost(String text) {
        return IPV6.matcher(text).matches() ? text : host(text);
    }

    private static @Nullable String host(String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            String inner = text.substring(1, text.length() - 1);
            return IPV6.matcher(inner).matches() ? inner : null;
        }
        if (!NAME_OR_IPV4.matcher(text).matches()) {
            return null;
        }
        boolean validNumbers =
                !IPV4.matcher(text).matches() || IPV4_ANY.matcher(text).matches();
        return validNumbers ? text : null;
    }

    /** Decided by the text alone: a name other than {@code localhost} may resolve to anything, so it is not. */
    public boolean isLoopback() {
        return host.equalsIgnoreCase("localhost")
                || IPV4_LOOPBACK.matcher(host).matches()
                || IPV6_LOOPBACK.matcher(host).matches();
    }

    /** Whether it stands for all addresses of a machine, so that nobody can connect to it. */
    static boolean isAnyAddress(String host) {
        return host.matches("0+(\\.0+){3}|[0:]*:[0:]*");
    }

    HostPort withPort(int otherPort) {
        return new HostPort(host, otherPort);
    }

    /** As it is written in the configuration. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
