/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.server;

import org.jspecify.annotations.NullMarked;
