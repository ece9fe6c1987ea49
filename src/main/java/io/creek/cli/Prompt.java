package io.creek.cli;

import io.creek.protocol.ProtocolException;
import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.Highlighter;
import org.jline.reader.LineReader;
import org.jline.reader.LineReader.Option;
import org.jline.reader.LineReader.SuggestionType;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;

/**
 * A line of commands after the other, edited and completed by JLine, with the arguments that are still to come shown in grey. Ctrl-C clears the line, or
 * ends what runs; Ctrl-D ends the prompt. One thread, and that of the signal.
 */
final class Prompt {
    private static final String HISTORY = ".creek_history";
    private static final int HISTORY_LINES = 1000;

    private final NodeSession session;
    private final ConnectionOptions options;
    private final CliContext context;
    private CommandDocs docs = CommandDocs.NONE;
    private volatile boolean interrupted;

    Prompt(NodeSession session, ConnectionOptions options, CliContext context) {
        this.session = session;
        this.options = options;
        this.context = context;
    }

    /** Returns the exit code when the user has had enough. */
    int run(boolean json, boolean raw) throws IOException {
        try (Terminal terminal = TerminalBuilder.builder()
                .name("creek")
                .system(true)
                .provider("exec")
                .dumb(true)
                .build()) {
            terminal.handle(Signal.INT, signal -> {
                interrupted = true;
                session.interrupt();
            });
            ReplyPrinter printer = printer(new CheckedOutput(terminal.output()), json, raw);
            LineReader reader = reader(terminal);
            connect();
            do {
                learn();
            } while (next(reader, printer));
            return CreekCommand.DONE;
        }
    }

    private static ReplyPrinter printer(CheckedOutput out, boolean json, boolean raw) {
        if (json) {
            return new JsonReplies(out);
        }
        return raw ? new RawReplies(out) : new TerminalReplies(out);
    }

    private LineReader reader(Terminal terminal) throws IOException {
        Path history = Path.of(context.environment().getOrDefault("HOME", System.getProperty("user.home")), HISTORY);
        PromptHistory.create(history);
        DefaultParser parser = new DefaultParser();
        // Quotes and backslashes are the node's to understand: see Script.
        parser.setQuoteChars(new char[0]);
        parser.setEscapeChars(new char[0]);
        LineReader reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .parser(parser)
                .history(new PromptHistory())
                .completer((of, line, candidates) -> complete(line, candidates))
                .highlighter(new Hints())
                .variable(LineReader.HISTORY_FILE, history)
                .variable(LineReader.HISTORY_SIZE, HISTORY_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES)
                .option(Option.DISABLE_EVENT_EXPANSION, true)
                .option(Option.HISTORY_TIMESTAMPED, false)
                .option(Option.INSERT_TAB, false)
                .build();
        reader.setAutosuggestion(SuggestionType.TAIL_TIP);
        return reader;
    }

    /** A node that is not there yet may come: the prompt says what is wrong, and waits for the first command. */
    private void connect() {
        try {
            session.connected();
        } catch (IOException e) {
            context.tell(options.problem(e));
        }
    }

    /** Asks the node for its commands, once it answers that. */
    private void learn() {
        if (!docs.isEmpty() || !session.isConnected() || session.inTransaction()) {
            return;
        }
        try {
            docs = CommandDocs.of(session.ask("COMMAND", "DOCS"));
        } catch (IOException e) {
            // The next command meets the same, and tells of it.
        }
    }

    /** Reads a line and does what it says. Answers false in the end. */
    private boolean next(LineReader reader, ReplyPrinter printer) throws OutputFailedException {
        try {
            String line = reader.readLine(prompt());
            List<byte[]> words = Script.words(line.getBytes(StandardCharsets.UTF_8));
            if (words.isEmpty()) {
                return true;
            }
            if (NodeSession.isVerb(words, "EXIT") || NodeSession.isVerb(words, "QUIT")) {
                return false;
            }
            if (NodeSession.isVerb(words, "HELP")) {
                help(line, reader.getTerminal());
                return true;
            }
            interrupted = false;
            ask(words, printer);
            return true;
        } catch (UserInterruptException e) {
            return true;
        } catch (EndOfFileException e) {
            return false;
        } catch (ProtocolException e) {
            context.tell("expected closing quotes, and a space behind them");
            return true;
        } catch (OutputFailedException e) {
            throw e;
        } catch (IOException e) {
            context.tell(interrupted ? "interrupted" : options.problem(e));
            return true;
        }
    }

    private void ask(List<byte[]> words, ReplyPrinter printer) throws IOException {
        Reply reply = session.ask(words);
        printer.print(reply);
        boolean streams = NodeSession.isVerb(words, "MONITOR") && !(reply instanceof Reply.ErrorReply);
        while (streams && !interrupted) {
            printer.print(session.receive());
        }
    }

    private String prompt() {
        if (!session.isConnected()) {
            return "not connected> ";
        }
        return options.address() + (session.inTransaction() ? "(TX)> " : "> ");
    }

    private void help(String line, Terminal terminal) {
        List<String> words = List.of(line.strip().split("\\s+"));
        terminal.writer()
                .println(docs.help(words.subList(1, words.size()))
                        .orElse("help COMMAND tells of a command; TAB completes, Ctrl-C clears the line, Ctrl-D ends"));
        terminal.flush();
    }

    private void complete(ParsedLine line, List<Candidate> candidates) {
        List<String> before = line.words().subList(0, line.wordIndex());
        String word = line.word().substring(0, line.wordCursor());
        boolean isHelp =
                !before.isEmpty() && before.get(0).toLowerCase(Locale.ROOT).equals("help");
        for (String value : docs.candidates(isHelp ? before.subList(1, before.size()) : before, word)) {
            candidates.add(new Candidate(value));
        }
    }

    /** Is asked whenever the line has changed, and so knows what the hint behind it has to be. */
    private final class Hints implements Highlighter {
        @Override
        public AttributedString highlight(LineReader reader, String line) {
            reader.setTailTip(docs.hint(line));
            return new AttributedString(line);
        }
    }
}
