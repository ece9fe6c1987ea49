/**
 * The process: {@code Main} takes the command line and the configuration and decides how the process ends, {@code
 * MainVerticle} starts and stops the parts in order. May depend on every other package; none may depend on it.
 */
@NullMarked
package io.creek;

import org.jspecify.annotations.NullMarked;
