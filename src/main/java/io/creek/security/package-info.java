/**
 * Users, passwords, certificates.
 *
 * <p>A {@link io.creek.security.User} is immutable: its {@link io.creek.security.CommandRules} come to a set of commands, by their ordinals,
 * when it is made, so that a command costs a restricted user a bit test and a pattern for each key, and others nothing. {@link
 * io.creek.security.Users} has those of the node, read from an {@link io.creek.security.AclFile} and changed by ACL SETUSER; each change
 * replaces the map of all. Passwords are kept as {@link io.creek.security.PasswordHash}, which is slow to check by intent, on the one thread
 * of {@link io.creek.security.PasswordChecks}.
 *
 * <p>{@link io.creek.security.PemFile} reads and tries certificates and keys, {@link io.creek.security.TlsCertificates} follows those that
 * clients are met with. Depends on {@code command}, {@code protocol} and {@code config}; Vert.x stays in classes called {@code Tls…}.
 */
@NullMarked
package io.creek.security;

import org.jspecify.annotations.NullMarked;
