package io.creek;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * What the packages under {@code root} may do. The root is an argument, so that {@link ArchitectureTest} can put the same
 * rules to {@code io.creek} and to {@code io.creek.planted}, where each is broken on purpose.
 *
 * <p>Every rule holds for packages without classes too.
 */
record ArchitectureRules(String root) {

    private static final String[] VERTX = {"io.vertx..", "io.netty.."};

    /** The packages whose dependencies are closed; what is not named here may see all but the root and must not go round. */
    private static final Map<String, Set<String>> MAY_SEE = Map.of(
            "config", Set.of(),
            "protocol", Set.of("config"),
            "log", Set.of("config"),
            "command", Set.of("config", "protocol"),
            "store", Set.of("config", "protocol", "command", "log"),
            "security", Set.of("config", "protocol", "command"),
            "server", Set.of("config", "protocol", "command", "store", "security"));

    private static final Map<Class<?>, Set<String>> WALL_CLOCKS = Map.of(
            System.class, Set.of("currentTimeMillis"),
            Instant.class, Set.of("now"),
            Date.class, Set.of("<init>"));

    private static final Map<Class<?>, Set<String>> CLOCK_MAKERS = Map.of(
            InstantSource.class, Set.of("system"),
            Clock.class, Set.of("systemUTC", "systemDefaultZone", "system"));

    private static final Map<Class<?>, Set<String>> SHARED_RANDOMNESS =
            Map.of(Math.class, Set.of("random"), ThreadLocalRandom.class, Set.of("current"));

    ArchRule packagesFormNoCycle() {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);
    }

    ArchRule nothingDependsOnTheRoot() {
        return rule(noClasses()
                .that()
                .resideInAPackage(root + ".*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root));
    }

    ArchRule aPackageSeesOnlyWhatItMay(String name) {
        String[] visible = Stream.concat(Stream.of(name), Objects.requireNonNull(MAY_SEE.get(name), name).stream())
                .map(this::tree)
                .toArray(String[]::new);
        return rule(noClasses()
                .that()
                .resideInAPackage(tree(name))
                .should(dependOnClassesThat(resideInAPackage(root + "..")
                        .and(DescribedPredicate.not(resideInAnyPackage(visible)))
                        .as("belong to Creek and are not in %s", Arrays.toString(visible)))));
    }

    static Set<String> closedPackages() {
        return MAY_SEE.keySet();
    }

    ArchRule onlyTheStoreKnowsMapDb() {
        return rule(noClasses()
                .that(resideInAPackage(root + "..").and(resideOutsideOfPackage(tree("store"))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.mapdb.."));
    }

    ArchRule thePureCoreDoesNotTouchVertx() {
        return rule(noClasses()
                .that()
                .resideInAnyPackage(tree("protocol"), tree("command"), tree("log"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(VERTX));
    }

    /**
     * A verticle is lifecycle, a proxy hops threads, and what adapts a part of Vert.x to an interface of ours says so in
     * its name. What they carry knows nothing of it.
     */
    ArchRule theStoreTouchesVertxOnlyAtItsEdge() {
        return rule(noClasses()
                .that(resideInAPackage(tree("store"))
                        .and(describe(
                                "are no verticle, proxy or adapter of Vert.x",
                                type -> !isNamed(outermost(type), "Vertx.*|.*(Verticle|Proxy)"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(VERTX));
    }

    /** Streams, cursors and what is built on them run in the simulator; the bus, and who is on it, are their edge. */
    ArchRule replicationTouchesVertxOnlyAtItsEdge() {
        return rule(noClasses()
                .that(resideInAPackage(tree("replication"))
                        .and(describe(
                                "do not say that they are of the bus or the cluster",
                                type -> !isNamed(outermost(type), "(Bus|Cluster|Hazelcast).*"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(VERTX));
    }

    /** Users and passwords know nothing of it. */
    ArchRule securityTouchesVertxOnlyForTls() {
        return rule(noClasses()
                .that(resideInAPackage(tree("security"))
                        .and(describe("do not say that they are of TLS", type -> !isNamed(outermost(type), "Tls.*"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(VERTX));
    }

    ArchRule onlyReplicationKnowsHazelcast() {
        return rule(noClasses()
                .that(resideInAPackage(root + "..").and(resideOutsideOfPackage(tree("replication"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.."));
    }

    ArchRule onlyTheSystemClockReadsTheWallClock() {
        return rule(noClasses()
                .that()
                .doNotHaveFullyQualifiedName(root + ".store.SystemClock")
                .should()
                .accessTargetWhere(targetIn(WALL_CLOCKS)));
    }

    /** It is made where the parts are put together, and handed to them. */
    ArchRule onlyTheRootMakesAClock() {
        return rule(noClasses()
                .that()
                .resideInAPackage(root + ".*..")
                .and()
                .doNotHaveFullyQualifiedName(root + ".store.SystemClock")
                .should()
                .accessTargetWhere(targetIn(CLOCK_MAKERS)));
    }

    ArchRule randomnessIsAnArgument() {
        return rule(noClasses().should().accessTargetWhere(targetIn(SHARED_RANDOMNESS)));
    }

    ArchRule namesSayWhatAThingIs() {
        return rule(noClasses()
                .should()
                .haveSimpleNameStartingWith("Abstract")
                .orShould()
                .haveNameMatching(".*[.$](Base|Default)[A-Z][^.$]*")
                .orShould()
                .haveNameMatching(".*(Impl|Utils?|Helpers?|Managers?)"));
    }

    ArchRule noPackageIsADrawer() {
        return rule(noClasses().should().resideInAnyPackage("..util..", "..utils..", "..common..", "..misc.."));
    }

    ArchRule everyPackageIsNullMarked() {
        return rule(classes().should(new ArchCondition<>("be in a package whose package-info is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getName() + " is in a package without @NullMarked package-info"));
                }
            }
        }));
    }

    ArchRule classesAreFinalOrSealed() {
        return rule(classes()
                .that()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .areNotAnonymousClasses()
                .and(describe("are not constants of an enum with bodies", type -> !type.isAssignableTo(Enum.class)))
                .should(new ArchCondition<>("be final or sealed") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        boolean closed = type.getModifiers().contains(JavaModifier.FINAL)
                                || type.reflect().isSealed();
                        if (!closed) {
                            events.add(SimpleConditionEvent.violated(
                                    type, type.getName() + " is open: neither final nor sealed"));
                        }
                    }
                }));
    }

    ArchRule noStaticStateChanges() {
        return fields().that().areStatic().should().beFinal().allowEmptyShould(true);
    }

    private static ArchRule rule(com.tngtech.archunit.lang.syntax.elements.ClassesShouldConjunction rule) {
        return rule.allowEmptyShould(true);
    }

    private String tree(String name) {
        return root + "." + name + "..";
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureRules::outermost).orElse(type);
    }

    private static boolean isNamed(JavaClass type, String regex) {
        return type.getSimpleName().matches(regex);
    }

    /** Calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> targetIn(Map<Class<?>, Set<String>> members) {
        return describe("target is one of " + members, access -> {
            AccessTarget target = access.getTarget();
            return members.entrySet().stream()
                    .anyMatch(entry -> target.getOwner().isEquivalentTo(entry.getKey())
                            && entry.getValue().contains(target.getName()));
        });
    }
}
