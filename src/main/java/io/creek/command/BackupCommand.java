package io.creek.command;

import static io.creek.command.CommandSpec.Flag.ADMIN;
import static io.creek.command.CommandSpec.Flag.NO_MULTI;
import static io.creek.command.CommandSpec.Flag.OTHERS_KEYS;

import io.creek.protocol.Reply;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * BACKUP BEGIN, NEXT, END: all that the node holds at one point of its log, as entries of the log, part by part. For {@code creek backup}, which
 * makes a file of it. It belongs to the connection, and ends with that.
 */
final class BackupCommand {
    private static final String ABOUT = "O(N) where N is the number of bytes of all keys and values, over all parts";

    static final CommandSpec SPEC = CommandSpec.named("backup", -2)
            .about("creek", "1.0.0", ABOUT)
            .syntax("BEGIN | NEXT | END | HELP")
            .has(
                    "Reads all that the node holds at one point of its log, for creek backup",
                    HelpCommand.with(
                            "backup",
                            "creek",
                            subcommand("begin")
                                    .does(
                                            "Answers the node's number, the point, and about how many bytes come",
                                            (BackupsCommand) (request, client, backups) ->
                                                    answer(backups.begin(client.id()), BackupCommand::begun)),
                            subcommand("next")
                                    .does(
                                            "Answers the next bytes; at the end the number of entries, the CRC32C of all bytes, and the ceiling of versions",
                                            (BackupsCommand) (request, client, backups) ->
                                                    answer(backups.next(client.id()), BackupCommand::part)),
                            subcommand("end")
                                    .does("Ends it before its end", (BackupsCommand) (request, client, backups) ->
                                            answer(backups.end(client.id()), ended -> Reply.integer(ended ? 1 : 0)))));

    private BackupCommand() {}

    private static CommandSpec.Builder subcommand(String name) {
        return CommandSpec.named("backup|" + name, 2)
                .flags(ADMIN, NO_MULTI, OTHERS_KEYS)
                .about("creek", "1.0.0", ABOUT);
    }

    private static Reply begun(Backups.Begun begun) {
        return Reply.array(
                Reply.bulk(String.format("%016x", begun.node())),
                Reply.integer(begun.point()),
                Reply.integer(begun.bytes()));
    }

    private static Reply part(Backups.Part part) {
        Backups.Sums sums = part.sums();
        return sums == null
                ? part.bytes()
                : Reply.array(
                        Reply.integer(sums.entries()),
                        Reply.integer(Integer.toUnsignedLong(sums.crc32c())),
                        Reply.integer(sums.ceiling()));
    }

    private static <T> CompletionStage<Reply> answer(CompletionStage<T> stage, Function<T, Reply> reply) {
        return stage.handle((made, failure) -> failure == null ? reply.apply(made) : refusal(failure));
    }

    private static Reply refusal(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof Backups.Refused refused) {
            return Reply.error("ERR " + refused.getMessage());
        }
        throw new CompletionException(Objects.requireNonNull(cause));
    }
}
