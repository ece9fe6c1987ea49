/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.security;

import org.jspecify.annotations.NullMarked;
