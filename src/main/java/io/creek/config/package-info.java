/**
 * What an operator says, read and checked before anything starts, and again when it changes.
 *
 * <p><b>The path of a value.</b> A source ({@code conf/default.conf} in the jar, a file, the environment, the command
 * line) becomes a {@link io.creek.config.Layer}: assignments of raw text, each with the place it stands at, and the
 * problems of the source's form. {@link io.creek.config.ConfigSources} reads the files with vertx-config, our two
 * formats being {@code ConfigProcessor}s found by {@code ServiceLoader}, and lays the layers over each other.
 * {@link io.creek.config.RawSettings} holds what is left, still text and still with its place, and
 * {@link io.creek.config.CreekConfig} is what all other parts see: records of parsed, checked values.
 *
 * <p><b>While running.</b> {@link io.creek.config.RunningConfig} is what counts now: CONFIG SET lays values over what the sources say, and
 * {@link io.creek.config.ConfigWatch} has changed files take effect, a mounted {@link io.creek.config.ConfDirectory ConfigMap} among them.
 *
 * <p><b>One table.</b> A key is a constant of {@link io.creek.config.Setting}, a block in {@code conf/default.conf}
 * (meaning and default) and a component of a record in {@code CreekConfig}; error texts, {@code --help} and the README's
 * table are made of the first two, and a test holds them together.
 *
 * <p><b>Errors.</b> All problems of all sources are found before anything is said, and are told together in one
 * {@link io.creek.config.StartupException}: place, key, value, and what is allowed.
 *
 * <p>May use Vert.x' core and config. Depends on no other package of Creek; all of them may depend on this one.
 */
@NullMarked
package io.creek.config;

import org.jspecify.annotations.NullMarked;
