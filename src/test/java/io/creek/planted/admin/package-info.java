/** Planted faults; see {@code io.creek.planted}. */
@NullMarked
package io.creek.planted.admin;

import org.jspecify.annotations.NullMarked;
