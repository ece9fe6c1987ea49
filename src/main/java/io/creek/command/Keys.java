package io.creek.command;

import org.jspecify.annotations.Nullable;

/**
 * The keys that a command declared, as that command may see and change them. Key {@code i} is the i-th declared key, from 0; a key
 * named twice is one key, and a read sees what the same command wrote before. An expired key does not exist.
 *
 * <p>Owned by one evaluation: not to be kept after {@link KeyCommand#apply} returned.
 */
public interface Keys {

    /** How many keys the command declared, repetitions included. */
    int count();

    /** Milliseconds since 1970 of this evaluation: the same for all its keys, never less than that of an earlier evaluation. */
    long nowMillis();

    /** The most bytes that a value may have: a command makes none that is longer. */
    int valueBytesMax();

    boolean exists(int key);

    /** The value, as a copy of its own; null when there is no such key. */
    byte @Nullable [] value(int key);

    /** Bytes of the value; 0 when there is no such key. */
    int valueLength(int key);

    /** Milliseconds since 1970 at which the key expires; 0 when it does not, or does not exist. */
    long deadlineMillis(int key);

    /** Sets value and deadline (0 for none). The bytes are read when the evaluation ends: nobody may change them before. */
    void put(int key, byte[] bytes, int offset, int length, long deadlineMillis);

    /** Moves the deadline of an existing key (0 for none). */
    void setDeadline(int key, long deadlineMillis);

    /** Removes the key. Nothing happens when it does not exist. */
    void delete(int key);

    /** Removes every key that there is. For commands with the flag {@link CommandSpec.Flag#EVERY_KEY}. */
    void clear();

    /** Number of keys that there are, expired ones not yet swept included. For commands with the flag {@link CommandSpec.Flag#EVERY_KEY}. */
    long total();
}
