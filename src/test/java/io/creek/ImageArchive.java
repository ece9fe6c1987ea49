package io.creek;

import io.creek.command.Versions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;

/**
 * Writes laid out files as one image: a tar of the OCI image layout, which {@code docker load}, {@code podman load} and {@code ctr images import} take; for
 * older ones of the first, Docker's own list of layers is in it too.
 *
 * <p>The same files give the same bytes. The class-data archives, which differ with every build, are a layer of their own, so that the others stay the
 * same.
 */
final class ImageArchive {
    private static final String NAME = "creek:" + Versions.CREEK;
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    /** @param digest of the content as it is stored, in hexadecimal digits */
    private record Blob(String type, Path file, String digest) {
        String name() {
            return "blobs/sha256/" + digest;
        }

        JsonObject descriptor() throws IOException {
            return new JsonObject()
                    .put("mediaType", type)
                    .put("digest", "sha256:" + digest)
                    .put("size", Files.size(file));
        }
    }

    private final Path root;
    private final Path work;
    private final List<Blob> blobs = new ArrayList<>();
    private final JsonArray diffIds = new JsonArray();
    private final JsonArray history = new JsonArray();

    private ImageArchive(Path root, Path work) {
        this.root = root;
        this.work = work;
    }

    /** @param work an empty directory */
    static void write(Path root, Path work, Path archive) throws IOException {
        ImageArchive made = new ImageArchive(root, work);
        Predicate<Path> isArchive = file -> file.toString().endsWith(".jsa");
        Predicate<Path> isCreek = file -> file.startsWith(ImageRoot.JAR.getParent());
        made.layer("the Java runtime and its libraries", isArchive.or(isCreek).negate());
        made.layer("Creek", isCreek.and(isArchive.negate()));
        made.layer("class-data archives", isArchive);
        made.write(archive);
    }

    /** Compressed, and known by its digest before that. */
    private void layer(String what, Predicate<Path> chosen) throws IOException {
        Path file = work.resolve("layer" + blobs.size());
        MessageDigest plain = sha256();
        MessageDigest stored = sha256();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                OutputStream gzip = new GZIPOutputStream(new DigestOutputStream(out, stored), 1 << 16);
                TarWriter tar = new TarWriter(new DigestOutputStream(gzip, plain), ImageRoot.TIME)) {
            for (Path each : ImageRoot.files(root)) {
                if (chosen.test(each)) {
                    add(tar, each);
                }
            }
        }
        blobs.add(new Blob(LAYER, file, hex(stored)));
        diffIds.add("sha256:" + hex(plain));
        history.add(new JsonObject().put("created", ImageRoot.TIME.toString()).put("created_by", what));
    }

    /** Nobody but root may write, apart from the volumes. */
    private void add(TarWriter tar, Path each) throws IOException {
        String name = each.toString();
        Path file = root.resolve(each);
        if (Files.isSymbolicLink(file)) {
            tar.link(name, Files.readSymbolicLink(file).toString());
        } else if (!ImageRoot.isDirectory(file)) {
            tar.file(name, Files.isExecutable(file) ? 0755 : 0644, file);
        } else if (name.equals("tmp")) {
            tar.directory(name, 01777, 0);
        } else {
            tar.directory(name, 0755, name.equals("data") ? ImageRoot.USER : 0);
        }
    }

    private void write(Path archive) throws IOException {
        List<Blob> layers = List.copyOf(blobs);
        Blob config = blob(CONFIG, config());
        JsonArray descriptors = new JsonArray();
        JsonArray names = new JsonArray();
        for (Blob layer : layers) {
            descriptors.add(layer.descriptor());
            names.add(layer.name());
        }
        Blob manifest = blob(
                MANIFEST,
                new JsonObject()
                        .put("schemaVersion", 2)
                        .put("mediaType", MANIFEST)
                        .put("config", config.descriptor())
                        .put("layers", descriptors));
        JsonObject index = new JsonObject()
                .put("schemaVersion", 2)
                .put("mediaType", "application/vnd.oci.image.index.v1+json")
                .put("manifests", new JsonArray().add(manifest.descriptor().put("annotations", annotations())));
        JsonArray docker = new JsonArray()
                .add(new JsonObject()
                        .put("Config", config.name())
                        .put("RepoTags", new JsonArray().add(NAME))
                        .put("Layers", names));
        try (TarWriter tar = new TarWriter(new BufferedOutputStream(Files.newOutputStream(archive)), ImageRoot.TIME)) {
            tar.file(
                    "oci-layout",
                    bytes(new JsonObject().put("imageLayoutVersion", "1.0.0").encode()));
            tar.file("index.json", bytes(index.encode()));
            tar.file("manifest.json", bytes(docker.encode()));
            for (Blob blob : blobs) {
                tar.file(blob.name(), 0644, blob.file);
            }
        }
    }

    private JsonObject config() {
        return new JsonObject()
                .put("created", ImageRoot.TIME.toString())
                .put("architecture", architecture())
                .put("os", "linux")
                .put("config", ImageConfig.json())
                .put("rootfs", new JsonObject().put("type", "layers").put("diff_ids", diffIds))
                .put("history", history);
    }

    private static String architecture() {
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return architecture.equals("aarch64") ? "arm64" : architecture;
    }

    private static JsonObject annotations() {
        return new JsonObject()
                .put("io.containerd.image.name", "docker.io/library/" + NAME)
                .put("org.opencontainers.image.ref.name", Versions.CREEK);
    }

    private Blob blob(String type, JsonObject content) throws IOException {
        byte[] bytes = bytes(content.encode());
        Path file = Files.write(work.resolve("blob" + blobs.size()), bytes);
        MessageDigest digest = sha256();
        digest.update(bytes);
        Blob made = new Blob(type, file, hex(digest));
        blobs.add(made);
        return made;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
