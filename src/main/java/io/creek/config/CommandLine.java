package io.creek.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;

/**
 * The arguments of the process: flags that are keys, those that vertx' launcher had, and a leading {@code run} with the
 * main verticle's name. A flag is {@code -key value}, {@code -key=value}, and the same with two dashes. Immutable.
 *
 * @param cluster whether {@code -cluster} was given, which says what a node with peers does anyway
 * @param confFile what {@code -conf} names
 */
public record CommandLine(boolean help, boolean version, boolean cluster, Optional<String> confFile, Layer layer) {

    private static final String MAIN_VERTICLE = "io.creek.MainVerticle";

    /** Never fails: what is wrong is told with all other problems, by {@link ConfigSources}. */
    public static CommandLine parse(String... arguments) {
        return new Parser(Arrays.asList(arguments).listIterator()).parse();
    }

    /** One pass over the arguments. */
    private static final class Parser {

        private final ListIterator<String> arguments;
        private final List<Assignment> assignments = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private boolean help;
        private boolean version;
        private boolean cluster;
        private Optional<String> confFile = Optional.empty();

        Parser(ListIterator<String> arguments) {
            this.arguments = arguments;
        }

        CommandLine parse() {
            while (arguments.hasNext()) {
                boolean first = !arguments.hasPrevious();
                String argument = arguments.next();
                if (argument.startsWith("-")) {
                    flag(argument);
                } else if (!(first && argument.equals("run")) && !argument.equals(MAIN_VERTICLE)) {
                    problems.add(
                            "argument " + Assignment.shown(argument) + ": expected a flag, creek --help lists them");
                }
            }
            return new CommandLine(help, version, cluster, confFile, new Layer(assignments, problems));
        }

        private void flag(String argument) {
            int equals = argument.indexOf('=');
            String dashed = equals < 0 ? argument : argument.substring(0, equals);
            String name = dashed.substring(dashed.startsWith("--") ? 2 : 1);
            Optional<String> attached = equals < 0 ? Optional.empty() : Optional.of(argument.substring(equals + 1));
            String place = "flag " + dashed;
            switch (name) {
                case "help", "h" -> help = true;
                case "version" -> version = true;
                case "cluster" -> cluster = true;
                case "conf" -> conf(place, attached);
                case "instances" -> instances(place, attached);
                default -> key(place, name, attached);
            }
        }

        private void key(String place, String key, Optional<String> attached) {
            Optional<Setting<?>> setting = Setting.find(key);
            Optional<String> value = attached.or(this::nextValue);
            if (setting.isEmpty()) {
                problems.add(Assignment.at(place, NearestKey.unknownKey(key)));
            } else if (value.isEmpty()) {
                problems.add(Assignment.at(
                        place, "expected a value: " + setting.get().allowed()));
            } else {
                assignments.add(new Assignment(key, value.get().strip(), place));
            }
        }

        private void conf(String place, Optional<String> attached) {
            Optional<String> value = attached.or(this::nextValue);
            if (value.isEmpty()) {
                problems.add(Assignment.at(place, "expected a file"));
            } else if (confFile.isPresent()) {
                problems.add(new Assignment("conf", value.get(), place).problem("repeated flag"));
            } else {
                confFile = value;
            }
        }

        /** The stock launcher would deploy the main verticle so many times, and each would want the port and the log. */
        private void instances(String place, Optional<String> attached) {
            String value = attached.or(this::nextValue).orElse("");
            if (!value.equals("1")) {
                problems.add(new Assignment("instances", value, place)
                        .problem("expected 1, shards and event_loops are the keys that spread the work"));
            }
        }

        /** The next argument, unless it is a flag; {@code -1} is a number. */
        private Optional<String> nextValue() {
            if (!arguments.hasNext()) {
                return Optional.empty();
            }
            String next = arguments.next();
            if (next.startsWith("-") && !next.matches("-\\d+")) {
                arguments.previous();
                return Optional.empty();
            }
            return Optional.of(next);
        }
    }
}
