package io.creek.planted.config;

import io.creek.planted.protocol.KnowsLog;

public final class KnowsProtocol {

    public KnowsLog seen;

    public KnowsProtocol(KnowsLog seen) {
        this.seen = seen;
    }
}
