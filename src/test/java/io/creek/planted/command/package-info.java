/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.command;

import org.jspecify.annotations.NullMarked;
