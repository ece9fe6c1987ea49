/**
 * What Creek can be asked to do: one small class per command or close family of commands, and the table of them.
 *
 * <p>A command is a value without state. It comes in ten kinds, by what it may see:
 *
 * <ul>
 *   <li>{@link io.creek.command.KeyCommand} – over keys that it declares in its {@link io.creek.command.CommandSpec}: a pure
 *       function of the {@link io.creek.command.Keys} and the request. It runs the same on one shard, under locks over several
 *       shards, and inside a transaction.
 *   <li>{@link io.creek.command.SessionCommand} – over the connection that sent it, seen as a {@link io.creek.command.Client}.
 *   <li>{@link io.creek.command.LoginCommand} – the same, once a name and a password in it were found right.
 *   <li>{@link io.creek.command.WalkCommand} – through all keys, in slices, with a {@link io.creek.command.Walk} of its own.
 *   <li>{@link io.creek.command.TransactionCommand} – to the transaction that the connection's session keeps.
 *   <li>{@link io.creek.command.StatusCommand} – over a status that every shard reported at its place in the client's order.
 *   <li>{@link io.creek.command.NodeCommand} – to the node as a whole, seen as {@link io.creek.command.NodeControl}.
 *   <li>{@link io.creek.command.ClientsCommand} – over all connections of the node, seen as {@link io.creek.command.Clients}.
 *   <li>{@link io.creek.command.BackupsCommand} – over the backup that the connection takes, seen as {@link io.creek.command.Backups}.
 *   <li>{@link io.creek.command.WaitCommand} – for peers to have what the connection has written.
 * </ul>
 *
 * <p>The path of a request: {@code CommandTable.lookup} finds the spec, {@code CommandSpec.refusal} checks the arity, the session or
 * a shard runs the command, the reply goes back. Depends on {@code protocol} and {@code config}.
 */
@NullMarked
package io.creek.command;

import org.jspecify.annotations.NullMarked;
