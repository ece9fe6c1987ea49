/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.protocol;

import org.jspecify.annotations.NullMarked;
