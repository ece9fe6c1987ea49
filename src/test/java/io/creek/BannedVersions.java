package io.creek;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.lang.module.ModuleDescriptor.Version;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Versions of libraries that Creek must not ship, whatever asks for them. Stateless. */
final class BannedVersions {
    /**
     * @param name of one artifact; empty for all of the group
     * @param least the first that may be shipped; empty for none
     */
    private record Rule(String group, Optional<String> name, Optional<String> least, String why) {
        boolean forbids(Artifact artifact) {
            return ("." + artifact.group).endsWith("." + group)
                    && name.map(artifact.name::equals).orElse(true)
                    && least.map(first -> Version.parse(artifact.version).compareTo(Version.parse(first)) < 0)
                            .orElse(true);
        }

        String expected() {
            return least.map(first -> "expected " + first + " or later").orElse("expected none") + ": " + why;
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule(
                    "com.hazelcast",
                    Optional.of("hazelcast"),
                    Optional.of("5.7.0"),
                    "CVE-2026-107726, which has no fix on the line of 5.3"),
            new Rule("io.netty", Optional.empty(), Optional.of("4.2.15.Final"), "security fixes since 4.2.12"),
            new Rule(
                    "net.jpountz.lz4",
                    Optional.empty(),
                    Optional.empty(),
                    "unmaintained since 2014, at.yawk.lz4 took its place"));

    private BannedVersions() {}

    /** @param group of Maven; what stands before it, as a directory of the repository, does not matter */
    private record Artifact(String group, String name, String version) {
        Stream<String> problems() {
            return RULES.stream()
                    .filter(rule -> rule.forbids(this))
                    .map(rule -> name + " " + version + ": " + rule.expected());
        }
    }

    /** A line for each component of a bill of materials, in CycloneDX' form, that must not be there. */
    static List<String> in(JsonObject bill) {
        return bill.getJsonArray("components").stream()
                .map(JsonObject.class::cast)
                .flatMap(component -> new Artifact(
                                component.getString("group", ""),
                                Objects.requireNonNull(component.getString("name")),
                                Objects.requireNonNull(component.getString("version")))
                        .problems())
                .toList();
    }

    /** A line for each jar, where it lies in Maven's repository, that must not be there. */
    static List<String> in(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(path -> path.endsWith(".jar"))
                .map(path -> path.split("/"))
                .flatMap(parts -> new Artifact(
                                String.join(".", Arrays.copyOf(parts, parts.length - 3)),
                                parts[parts.length - 3],
                                parts[parts.length - 2])
                        .problems())
                .toList();
    }
}
