package io.creek;

import io.creek.config.Setting;

/** What {@code --help} prints. Stateless. */
final class Usage {

    private static final String HEAD = """
            Creek, a key-value server for nc and for Redis clients.

            Usage:
              creek [server] [flags]
              creek SUBCOMMAND ...                         creek help lists them
              java -jar creek-fat.jar [run io.creek.MainVerticle] [flags]

            Examples:
              creek                                        on localhost:8080, its data in data/8080
              creek -port 8081 -fsync always               on localhost:8081, its data in data/8081
              creek -conf conf/creek.json                  with settings from a file
              CREEK_LOG_LEVEL=debug creek                  with a setting from the environment
              creek cli -p 8081                            a prompt for commands to the node on port 8081
              creek check -port 8081                       whether a start accepts what is in data/8081
              creek dump -port 8081                        prints what is in data/8081, as lines of JSON sorted by key
              printf 'SET user Alice\\nGET user\\n' | nc -N localhost 8080

            Flags:
              -conf FILE     reads settings from a file: a JSON object when its name ends in .json, else key = value lines
              -cluster       accepted, but a node clusters when it has peer_nodes
              -instances 1   accepted, shards and event_loops spread the work
              -help          prints this
              -version       prints the version

            Settings are flags too (-key VALUE or --key=VALUE), or CREEK_KEY in the environment, or stand in the file of
            -conf, in the directory that CREEK_CONF_DIR names, or in the file that CREEK_CONF_FILE names. Flags go over the
            environment, that over -conf, that over CREEK_CONF_DIR, that over CREEK_CONF_FILE.

            """;

    private Usage() {}

    static String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (Setting<?> setting : Setting.all()) {
            text.append("  %s%n      %s%n      %s; default: %s%n"
                    .formatted(setting.key(), setting.meaning(), setting.allowed(), setting.defaultText()));
        }
        return text.toString();
    }
}
