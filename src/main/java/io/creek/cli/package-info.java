/**
 * What {@code creek} does besides serving: commands for the operator's terminal. They print what they did on standard output, what stops them
 * on standard error, and answer with an exit code. Depends on {@code config}, {@code log} and {@code store}.
 */
@NullMarked
package io.creek.cli;

import org.jspecify.annotations.NullMarked;
