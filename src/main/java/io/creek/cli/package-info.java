/**
 * What {@code creek} does besides serving: commands for the operator's terminal. {@link io.creek.cli.CreekCommand} lists them. They print what
 * they did on standard output, what stops them on standard error, and answer with an exit code. Depends on {@code config}, {@code protocol},
 * {@code command}, {@code log} and {@code store}.
 */
@NullMarked
package io.creek.cli;

import org.jspecify.annotations.NullMarked;
