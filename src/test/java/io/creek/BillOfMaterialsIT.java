package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bill of materials in the fat jar: that it is of this jar, and that nothing is in it that must not be shipped. */
final class BillOfMaterialsIT {
    private static final String BILL = "META-INF/sbom/creek.cdx.json";

    private JsonObject bill = new JsonObject();
    private final Set<String> entries = new HashSet<>();

    @BeforeEach
    void read() throws IOException {
        try (JarFile jar = new JarFile(Objects.requireNonNull(System.getProperty("creek.fatJar")))) {
            ZipEntry entry = jar.getEntry(BILL);
            assumeTrue(
                    entry != null || !"offline=true".equals(System.getProperty("creek.maven")),
                    "no bill of materials: the CycloneDX plugin makes none where Maven is offline");
            assertThat(entry).as(BILL).isNotNull();
            try (InputStream in = jar.getInputStream(entry)) {
                bill = new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            Collections.list(jar.entries()).forEach(each -> entries.add(each.getName()));
        }
    }

    private List<JsonObject> components() {
        return bill.getJsonArray("components").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    /** Of the jars that the tests see, those whose classes were packed. */
    @Test
    void listsTheLibrariesInTheJarWithTheirVersions() throws IOException {
        List<String> packed = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path file = Path.of(path);
            if (path.endsWith(".jar") && firstClass(file).map(entries::contains).orElse(false)) {
                packed.add(String.valueOf(file.getFileName()));
            }
        }
        Set<String> listed = components().stream()
                .map(component -> component.getString("name") + "-" + component.getString("version") + ".jar")
                .collect(Collectors.toSet());

        assertThat(packed).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(listed)
                .contains(name));
        assertThat(listed).noneMatch(name -> name.startsWith("junit") || name.startsWith("assertj"));
        assertThat(components()).allSatisfy(component -> {
            assertThat(component.getString("purl")).startsWith("pkg:maven/");
            assertThat(component.getJsonArray("hashes")).isNotEmpty();
        });
    }

    private static Optional<String> firstClass(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name ->
                            name.endsWith(".class") && !name.endsWith("-info.class") && !name.startsWith("META-INF/"))
                    .findFirst();
        }
    }

    @Test
    void isOfThisVersionAndHasNothingThatChangesWithTheBuild() {
        JsonObject component = bill.getJsonObject("metadata").getJsonObject("component");
        assertThat(component.getString("name")).isEqualTo("creek");
        assertThat(component.getString("version")).isEqualTo(System.getProperty("creek.version"));
        assertThat(bill.containsKey("serialNumber")).isFalse();
        assertThat(bill.getJsonObject("metadata").getString("timestamp", ImageRoot.TIME.toString()))
                .isEqualTo(ImageRoot.TIME.toString());
    }

    @Test
    void namesNoBannedVersion() {
        assertThat(BannedVersions.in(bill)).isEmpty();
    }
}
