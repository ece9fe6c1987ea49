package io.creek.planted.cli;

import io.creek.planted.admin.RoundTrip;
import org.jspecify.annotations.Nullable;

public final class RoundTripBack {

    public @Nullable RoundTrip back;
}
