/** Breaks every architecture rule once, so that {@code ArchitectureTest} can see each rule fail. Runs nowhere. */
@NullMarked
package io.creek.planted;

import org.jspecify.annotations.NullMarked;
