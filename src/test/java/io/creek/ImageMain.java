package io.creek;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes the image of Creek without an engine: {@code ImageMain fat.jar directory [image.tar]} lays its files out in the directory, and packs them. For the
 * architecture, the Java and the C library of this machine. {@code make image} and {@code k8s/Dockerfile} call it.
 */
final class ImageMain {
    private ImageMain() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[1]).toAbsolutePath();
        ImageRoot.make(Path.of(arguments[0]).toAbsolutePath(), root);
        if (arguments.length > 2) {
            Path archive = Path.of(arguments[2]).toAbsolutePath();
            pack(root, archive);
            System.out.printf("%s: %.1f MB%n", arguments[2], Files.size(archive) / 1e6);
        }
    }

    static void pack(Path root, Path archive) throws Exception {
        Path work = Files.createTempDirectory(archive.getParent(), "image");
        try {
            ImageArchive.write(root, work, archive);
        } finally {
            CrashCampaign.delete(work);
        }
    }
}
