/**
 * The process: {@code Main} takes the command line, {@code MainVerticle} reads the configuration and starts and stops the
 * parts in order. May depend on every other package; none may depend on it.
 */
@NullMarked
package io.creek;

import org.jspecify.annotations.NullMarked;
