package io.creek;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version that this build was given in the POM, as INFO, HELLO and {@code --version} tell it. Read once at start and
 * passed on from there; stateless, any thread may call it.
 */
final class BuildVersion {

    private static final String RESOURCE = "version.properties";

    private BuildVersion() {}

    static String read() {
        try (InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("jar lacks io/creek/" + RESOURCE);
            }
            Properties properties = new Properties();
            properties.load(in);
            String version = properties.getProperty("version");
            if (version == null) {
                throw new IllegalStateException("io/creek/" + RESOURCE + " lacks the key version");
            }
            return version;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read io/creek/" + RESOURCE, e);
        }
    }
}
