/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.config;

import org.jspecify.annotations.NullMarked;
