package io.creek.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The versions that Creek tells clients: its own, and that of the Redis whose contract it keeps. */
public final class Versions {
    /** Version of this build, as in the POM. */
    public static final String CREEK = read();

    /** Libraries choose features by it: every command that Creek has behaves as in this version. */
    static final String REDIS = "7.2.4";

    private Versions() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("/io/creek/version.properties")) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks io/creek/version.properties");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
