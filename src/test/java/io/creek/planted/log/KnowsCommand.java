package io.creek.planted.log;

import io.creek.planted.command.KnowsStore;

public final class KnowsCommand {

    public KnowsStore seen;

    public KnowsCommand(KnowsStore seen) {
        this.seen = seen;
    }
}
