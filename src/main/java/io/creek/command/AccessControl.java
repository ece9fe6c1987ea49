package io.creek.command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The users of the node, as commands may see and change them. Names, rules and patterns are bytes, a {@code char} each. Any thread. */
public interface AccessControl {

    /**
     * A user, as ACL GETUSER shows it.
     *
     * @param flags {@code on} or {@code off}, {@code nopass}
     * @param passwords hashes, never passwords
     * @param commands rules, the first being {@code +@all} or {@code -@all}
     * @param keys patterns, each behind a {@code ~}
     */
    record Account(List<String> flags, List<String> passwords, String commands, String keys) {}

    /** In alphabetical order. */
    List<String> names();

    /** A line for each user, as an ACL file has it. */
    List<String> lines();

    Optional<Account> account(String name);

    /** Makes a user, or changes one, by all rules or none; completes with what is wrong with them. */
    CompletionStage<Optional<String>> set(String name, List<String> rules);

    /** Removes those of the users that exist, closes their connections, and counts them. */
    CompletionStage<Integer> remove(List<String> names);

    /** Replaces all users by those of the ACL file; completes with what is wrong. */
    CompletionStage<Optional<String>> load();

    /** Writes all users into the ACL file; completes with what is wrong. */
    CompletionStage<Optional<String>> save();

    AclLog log();
}
