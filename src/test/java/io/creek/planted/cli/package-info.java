/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.cli;

import org.jspecify.annotations.NullMarked;
