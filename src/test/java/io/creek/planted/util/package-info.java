/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.util;

import org.jspecify.annotations.NullMarked;
