/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.log;

import org.jspecify.annotations.NullMarked;
