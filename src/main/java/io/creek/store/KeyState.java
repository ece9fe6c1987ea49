package io.creek.store;

/**
 * What clients can tell a key's states apart by: that it is absent, or the versions of its value and of its deadline, which no two writes
 * share.
 */
record KeyState(boolean exists, long valueClock, long valueNode, long expiryClock, long expiryNode) {
    static final KeyState ABSENT = new KeyState(false, 0, 0, 0, 0);
}
