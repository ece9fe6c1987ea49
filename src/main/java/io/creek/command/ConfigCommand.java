package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.LOADING;

import io.creek.config.RunningConfig;
import io.creek.config.Setting;
import io.creek.protocol.Reply;
import io.creek.protocol.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** CONFIG GET, SET, RESETSTAT, REWRITE: the configuration in force, by Creek's names and by those of Redis' that clients ask for. */
final class ConfigCommand {
    static final CommandSpec SPEC = CommandSpec.named("config", -2)
            .about("server", "2.0.0", "Depends on subcommand")
            .syntax("GET pattern [pattern ...] | SET name value [name value ...] | RESETSTAT | REWRITE | HELP")
            .has(
                    "Shows and changes the configuration",
                    HelpCommand.with(
                            "config",
                            "server",
                            subcommand("get", -3, "2.0.0")
                                    .syntax("pattern [pattern ...]")
                                    .does("Answers the settings whose names match, and their values", (NodeCommand)
                                            (request, node) -> answered(get(request, node.configuration()))),
                            subcommand("set", -4, "2.0.0")
                                    .syntax("name value [name value ...]")
                                    .does("Changes settings, all or none", (NodeCommand)
                                            (request, node) -> answered(set(request, node.configuration()))),
                            subcommand("resetstat", 2, "2.0.0")
                                    .does("Sets the counters of INFO to zero", (NodeCommand) (request, node) -> {
                                        node.resetStatistics();
                                        return answered(Reply.OK);
                                    }),
                            subcommand("rewrite", 2, "2.8.0")
                                    .does("Writes what was changed into the file of the configuration", (NodeCommand)
                                            (request, node) -> rewrite(node))));

    private ConfigCommand() {}

    private static CommandSpec.Builder subcommand(String name, int arity, String since) {
        return CommandSpec.named("config|" + name, arity)
                .flags(ADMIN, LOADING)
                .about("server", since, "O(N) where N is the number of settings");
    }

    private static CompletionStage<Reply> answered(Reply reply) {
        return CompletableFuture.completedStage(reply);
    }

    /** Names and values in force; Redis' name counts where it is one of ours too. */
    private static Map<String, String> all(RunningConfig config) {
        Map<String, String> all = new LinkedHashMap<>();
        Setting.all().forEach(setting -> all.put(setting.key(), config.text(setting)));
        RedisSettings.ALL.forEach(named -> all.put(named.name(), named.reads().apply(config.get())));
        return all;
    }

    private static Reply get(Request request, RunningConfig config) {
        Map<String, String> all = all(config);
        Map<String, String> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 2; i < request.size(); i++) {
            String asked = request.text(i);
            String folded = asked.toLowerCase(Locale.ROOT);
            if (folded.chars().noneMatch(character -> "*?[".indexOf(character) >= 0)) {
                // Told by the name that was asked for, whatever its case.
                if (all.containsKey(folded)) {
                    found.putIfAbsent(asked, all.get(folded));
                }
                continue;
            }
            Glob glob = new Glob(folded.getBytes(StandardCharsets.ISO_8859_1));
            all.forEach((name, value) -> {
                byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
                if (glob.matches(bytes, 0, bytes.length)) {
                    found.putIfAbsent(name, value);
                }
            });
        }
        List<Reply> pairs = new ArrayList<>();
        found.forEach((name, value) -> {
            pairs.add(Reply.bulk(name));
            pairs.add(Reply.bulk(value));
        });
        return new Reply.MapOf(pairs);
    }

    private static Reply set(Request request, RunningConfig config) {
        if (request.size() % 2 != 0) {
            return Errors.SYNTAX;
        }
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 2; i < request.size(); i += 2) {
            String name = request.text(i).toLowerCase(Locale.ROOT);
            Optional<RedisSettings.Named> named = RedisSettings.find(name);
            Optional<Setting<?>> own =
                    Setting.find(named.map(RedisSettings.Named::key).orElse(name));
            if (named.isEmpty() && own.isEmpty()) {
                return Reply.error("ERR Unknown option or number of arguments for CONFIG SET - '"
                        + Errors.repeated(request, i) + "'");
            }
            if (named.isPresent() && named.get().key() == null) {
                return failed(Errors.repeated(request, i), "can't set immutable config");
            }
            if (own.isEmpty() || !own.get().changesWhileRunning()) {
                return failed(Errors.repeated(request, i), "can't set immutable config, it changes at a restart");
            }
            if (names.putIfAbsent(own.get().key(), name) != null) {
                return failed(Errors.repeated(request, i), "duplicate parameter");
            }
        }
        return set(request, config, names);
    }

    /** @param names that the client uses, by our keys */
    private static Reply set(Request request, RunningConfig config, Map<String, String> names) {
        Map<String, String> values = new LinkedHashMap<>();
        int i = 3;
        for (Map.Entry<String, String> each : names.entrySet()) {
            String value = utf8(request, i);
            Optional<RedisSettings.Named> named = RedisSettings.find(each.getValue());
            if (named.isPresent()) {
                String translated = named.get().translates().apply(value);
                if (translated == null) {
                    return failed(each.getValue(), named.get().expected());
                }
                value = translated;
            }
            values.put(each.getKey(), isSecret(each.getKey()) ? value : value.strip());
            i += 2;
        }
        return config.change(values)
                .map(refusal -> failed(String.valueOf(names.get(refusal.key())), refusal.reason()))
                .orElse(Reply.OK);
    }

    /** Of a password, white space around it is refused rather than dropped. */
    private static boolean isSecret(String key) {
        return Setting.find(key).map(Setting::isSecret).orElse(false);
    }

    private static String utf8(Request request, int i) {
        return new String(request.array(), request.offset(i), request.length(i), StandardCharsets.UTF_8);
    }

    private static Reply failed(String name, String why) {
        return Reply.error("ERR CONFIG SET failed (possibly related to argument '" + name + "') - " + why);
    }

    private static CompletionStage<Reply> rewrite(NodeControl node) {
        if (node.configuration().file().isEmpty()) {
            return answered(Reply.error("ERR The server is running without a config file"));
        }
        return node.rewriteConfiguration().handle((done, failure) -> {
            if (failure == null) {
                return Reply.OK;
            }
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return Reply.error("ERR Rewriting config file: " + cause.getMessage());
        });
    }
}
