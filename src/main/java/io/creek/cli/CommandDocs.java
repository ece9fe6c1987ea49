package io.creek.cli;

import io.creek.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a node told of its commands by COMMAND DOCS: hints and completions while somebody types. Of a node that tells no syntax there are names alone.
 * Immutable.
 */
final class CommandDocs {
    static final CommandDocs NONE = new CommandDocs(Collections.emptySortedMap());

    private static final Pattern KEYWORD = Pattern.compile("[A-Z][A-Z-]+");

    private final SortedMap<String, Entry> entries;

    private CommandDocs(SortedMap<String, Entry> entries) {
        this.entries = entries;
    }

    /**
     * A command or a subcommand.
     *
     * @param syntax its arguments, as {@code key value [NX|XX]}
     * @param subcommands by their names, in lower case
     */
    record Entry(String name, String summary, String syntax, SortedMap<String, Entry> subcommands) {}

    /** From the reply of COMMAND DOCS, in RESP2 or RESP3; {@link #NONE} when it is another. */
    static CommandDocs of(Reply docs) {
        return new CommandDocs(entries(docs));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    private static SortedMap<String, Entry> entries(Reply docs) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        List<Reply> pairs = pairs(docs);
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            String name = text(pairs.get(i));
            String last = name.substring(name.indexOf('|') + 1);
            entries.put(last.toLowerCase(Locale.ROOT), entry(last.toUpperCase(Locale.ROOT), pairs(pairs.get(i + 1))));
        }
        return entries;
    }

    private static Entry entry(String name, List<Reply> fields) {
        String summary = "";
        String syntax = "";
        SortedMap<String, Entry> subcommands = Collections.emptySortedMap();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            switch (text(fields.get(i))) {
                case "summary" -> summary = text(fields.get(i + 1));
                case "syntax" -> syntax = text(fields.get(i + 1));
                case "subcommands" -> subcommands = entries(fields.get(i + 1));
                default -> {
                    // Of no use to who types.
                }
            }
        }
        return new Entry(name, summary, syntax, subcommands);
    }

    private static List<Reply> pairs(Reply reply) {
        if (reply instanceof Reply.MapOf map) {
            return map.keysAndValues();
        }
        return reply instanceof Reply.Array array ? array.elements() : List.of();
    }

    private static String text(Reply reply) {
        return reply instanceof Reply.Bulk bulk ? new String(bulk.copy(), StandardCharsets.UTF_8) : "";
    }

    /** What is to follow what was typed; empty when nothing is known to. */
    String hint(String typed) {
        List<String> words = words(typed);
        if (words.isEmpty()) {
            return "";
        }
        boolean isWordOpen = !Character.isWhitespace(typed.charAt(typed.length() - 1));
        Found found = find(words);
        if (found == null) {
            return "";
        }
        List<String> arguments = words.subList(found.words, words.size());
        String rest = String.join(" ", remaining(tokens(found.entry.syntax), arguments));
        return rest.isEmpty() || !isWordOpen ? rest : " " + rest;
    }

    /** What the last word, of which this much was typed, can become: in small letters when it begins with one. */
    List<String> candidates(List<String> before, String word) {
        Stream<String> names;
        if (before.isEmpty()) {
            names = entries.values().stream().map(Entry::name);
        } else {
            Found found = find(before);
            if (found == null) {
                return List.of();
            }
            List<String> arguments = before.subList(found.words, before.size());
            boolean wantsSubcommand = !found.entry.subcommands.isEmpty();
            names = wantsSubcommand && arguments.isEmpty()
                    ? found.entry.subcommands.values().stream().map(Entry::name)
                    : keywords(tokens(found.entry.syntax), arguments).stream();
        }
        boolean isLower = !word.isEmpty() && Character.isLowerCase(word.charAt(0));
        return names.map(name -> isLower ? name.toLowerCase(Locale.ROOT) : name)
                .filter(name -> name.regionMatches(true, 0, word, 0, word.length()))
                .toList();
    }

    /** All that is known of a command, for {@code help}. */
    Optional<String> help(List<String> words) {
        Found found = words.isEmpty() ? null : find(words);
        return Optional.ofNullable(found)
                .map(known -> (String.join(" ", words.subList(0, known.words)).toUpperCase(Locale.ROOT) + " "
                                        + known.entry.syntax)
                                .strip()
                        + "\n" + known.entry.summary);
    }

    /** @param words how many of those that were asked for are the name */
    private record Found(Entry entry, int words) {}

    private @Nullable Found find(List<String> words) {
        Entry command = entries.get(words.get(0).toLowerCase(Locale.ROOT));
        if (command == null) {
            return null;
        }
        Entry subcommand =
                words.size() < 2 ? null : command.subcommands.get(words.get(1).toLowerCase(Locale.ROOT));
        return subcommand == null ? new Found(command, 1) : new Found(subcommand, 2);
    }

    /** Those of a syntax that are still to be typed: not the mandatory ones that were, nor the options. */
    private static List<String> remaining(List<String> tokens, List<String> arguments) {
        List<String> remaining = new ArrayList<>();
        int mandatory = 0;
        for (String token : tokens) {
            boolean isOption = token.startsWith("[");
            if (!isOption && mandatory < arguments.size() && remaining.isEmpty()) {
                mandatory++;
            } else if (!isOption || keywordsOf(token).stream().noneMatch(keyword -> isAmong(keyword, arguments))) {
                remaining.add(token);
            }
        }
        return remaining;
    }

    /** The words that an option may begin with, where one may stand. */
    private static List<String> keywords(List<String> tokens, List<String> arguments) {
        return remaining(tokens, arguments).stream()
                .takeWhile(token -> token.startsWith("["))
                .flatMap(token -> keywordsOf(token).stream())
                .distinct()
                .toList();
    }

    private static List<String> keywordsOf(String token) {
        List<String> keywords = new ArrayList<>();
        Matcher matcher = KEYWORD.matcher(token);
        while (matcher.find()) {
            keywords.add(matcher.group());
        }
        return keywords;
    }

    private static boolean isAmong(String keyword, List<String> arguments) {
        return arguments.stream().anyMatch(keyword::equalsIgnoreCase);
    }

    /** The words of a syntax; what stands in brackets is one. */
    private static List<String> tokens(String syntax) {
        List<String> tokens = new ArrayList<>();
        StringBuilder token = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < syntax.length(); i++) {
            char c = syntax.charAt(i);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ' ' && depth == 0) {
                tokens.add(token.toString());
                token.setLength(0);
            } else {
                token.append(c);
            }
        }
        tokens.add(token.toString());
        tokens.removeIf(String::isEmpty);
        return tokens;
    }

    private static List<String> words(String typed) {
        return Stream.of(typed.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
