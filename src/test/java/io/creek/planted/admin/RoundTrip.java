package io.creek.planted.admin;

import io.creek.planted.cli.RoundTripBack;
import org.jspecify.annotations.Nullable;

public final class RoundTrip {

    public @Nullable RoundTripBack there;
}
