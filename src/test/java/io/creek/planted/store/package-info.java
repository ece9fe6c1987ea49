/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.store;

import org.jspecify.annotations.NullMarked;
