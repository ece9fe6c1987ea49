package io.creek;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What went into the one jar, and what merging many into one may lose. */
final class FatJarIT {

    private static final String SERVICES = "META-INF/services/";
    private static final int JAVA_17 = 61;

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(property("creek.fatJar"));
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void theManifestSaysWhatToRunAndWhatTheJvmMustOpen() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        assertThat(manifest.getValue("Main-Class")).isEqualTo("io.creek.Creek");
        assertThat(manifest.getValue("Main-Verticle")).isEqualTo("io.creek.MainVerticle");
        assertThat(manifest.getValue("Implementation-Version")).isEqualTo(property("creek.version"));
        assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
        assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        assertThat(manifest.getValue("Add-Exports")).isEqualTo("java.base/jdk.internal.ref");
        assertThat(manifest.getValue("Add-Opens"))
                .isEqualTo("java.base/java.lang java.base/java.nio java.base/sun.nio.ch java.management/sun.management"
                        + " jdk.management/com.sun.management.internal");
    }

    @Test
    void theClassesThatTheManifestNamesAreThere() throws IOException {
        Attributes manifest = jar.getManifest().getMainAttributes();

        for (String name : List.of("Main-Class", "Main-Verticle")) {
            String file = manifest.getValue(name).replace('.', '/') + ".class";
            assertThat(jar.getEntry(file)).as(name + " " + file).isNotNull();
        }
    }

    @Test
    void theVersionIsFilledIn() throws IOException {
        assertThat(text("io/creek/version.properties")).isEqualTo("version=" + property("creek.version") + "\n");
    }

    @Test
    void everyProviderOfAServiceIsStillNamed() throws IOException {
        List<String> lost = new ArrayList<>();
        int named = 0;
        for (String service : servicesOfTheJar()) {
            List<String> kept =
                    text(service).lines().map(FatJarIT::withoutComment).toList();
            for (URL origin : Collections.list(FatJarIT.class.getClassLoader().getResources(service))) {
                for (String provider : text(origin)
                        .lines()
                        .map(FatJarIT::withoutComment)
                        .filter(line -> !line.isEmpty())
                        .toList()) {
                    boolean shipped = jar.getEntry(provider.replace('.', '/') + ".class") != null;
                    if (shipped && !kept.contains(provider)) {
                        lost.add(service + ": " + provider);
                    }
                    named += shipped ? 1 : 0;
                }
            }
        }

        assertThat(lost).isEmpty();
        assertThat(named).isGreaterThan(10);
    }

    @Test
    void nothingOfASingleJarIsLeftThatIsFalseInTheWhole() {
        assertThat(names())
                .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA|EC)"))
                .noneMatch(name -> name.endsWith("module-info.class"))
                .doesNotContain("META-INF/INDEX.LIST");
    }

    @Test
    void java17CanReadEveryClass() throws IOException {
        List<String> newer = new ArrayList<>();
        int classes = 0;
        for (JarEntry entry : Collections.list(jar.entries())) {
            String name = entry.getName();
            if (name.endsWith(".class") && !name.startsWith("META-INF/versions/")) {
                classes++;
                try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
                    in.skipNBytes(6);
                    if (in.readUnsignedShort() > JAVA_17) {
                        newer.add(name);
                    }
                }
            }
        }

        assertThat(newer).isEmpty();
        assertThat(classes).isGreaterThan(1000);
    }

    @Test
    void licencesAreIncluded() throws IOException {
        assertThat(text("META-INF/LICENSE-creek")).contains("The Creek authors");
        assertThat(text("META-INF/LICENSE")).contains("Apache License");
        assertThat(names()).contains("LICENSE-EDL-1.0.txt", "LICENSE-EPL-1.0.txt");
    }

    @Test
    void theLauncherLiesBesideTheJar() {
        Path launcher = Path.of(property("creek.launcher"));

        assertThat(launcher).isExecutable().hasParent(Path.of(jar.getName()).getParent());
        assertThat(Path.of("src/main/launcher/creek"))
                .isExecutable()
                .satisfies(source -> assertThat(Files.readString(launcher)).isEqualTo(Files.readString(source)));
    }

    private List<String> names() {
        return Collections.list(jar.entries()).stream().map(JarEntry::getName).toList();
    }

    private List<String> servicesOfTheJar() {
        return names().stream()
                .filter(name -> name.startsWith(SERVICES) && !name.endsWith("/"))
                .toList();
    }

    private String text(String entry) throws IOException {
        JarEntry found = jar.getJarEntry(entry);
        assertThat(found).as(entry).isNotNull();
        try (InputStream in = jar.getInputStream(found)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static String text(URL origin) throws IOException {
        try (InputStream in = origin.openStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static String withoutComment(String line) {
        int comment = line.indexOf('#');
        return (comment < 0 ? line : line.substring(0, comment)).strip();
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        assertThat(value).as("system property " + name).isNotNull();
        return value;
    }
}
