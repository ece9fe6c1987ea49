/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.replication;

import org.jspecify.annotations.NullMarked;
