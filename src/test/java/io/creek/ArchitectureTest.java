package io.creek;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.creek.planted.Main;
import io.creek.planted.admin.RoundTrip;
import io.creek.planted.bare.Unmarked;
import io.creek.planted.cli.RoundTripBack;
import io.creek.planted.command.KnowsStore;
import io.creek.planted.config.KnowsProtocol;
import io.creek.planted.log.KnowsCommand;
import io.creek.planted.log.UsesVertx;
import io.creek.planted.protocol.KnowsLog;
import io.creek.planted.protocol.UsesNetty;
import io.creek.planted.replication.BusEdge;
import io.creek.planted.replication.StreamWithVertx;
import io.creek.planted.security.KnowsServerOfUsers;
import io.creek.planted.security.TlsEdge;
import io.creek.planted.security.UserWithVertx;
import io.creek.planted.server.AbstractThing;
import io.creek.planted.server.AsksTheWallClock;
import io.creek.planted.server.BaseThing;
import io.creek.planted.server.DefaultThing;
import io.creek.planted.server.DrawsFromAnyone;
import io.creek.planted.server.KnowsItsMain;
import io.creek.planted.server.KnowsLogDirectly;
import io.creek.planted.server.MakesAClock;
import io.creek.planted.server.Open;
import io.creek.planted.server.Remembers;
import io.creek.planted.server.ThingHelper;
import io.creek.planted.server.ThingImpl;
import io.creek.planted.server.ThingManager;
import io.creek.planted.server.ThingUtil;
import io.creek.planted.server.UsesHazelcast;
import io.creek.planted.server.UsesMapDb;
import io.creek.planted.store.EdgeProxy;
import io.creek.planted.store.EdgeVerticle;
import io.creek.planted.store.KnowsServer;
import io.creek.planted.store.PlainWithVertx;
import io.creek.planted.store.SystemClock;
import io.creek.planted.store.VertxEdge;
import io.creek.planted.util.Drawer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Puts every rule of {@link ArchitectureRules} to Creek, where it must hold, and to {@code io.creek.planted}, where it must
 * find exactly what was planted: a rule that could not fail would show here.
 */
final class ArchitectureTest {

    private static final JavaClasses CREEK = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.creek");

    private record Case(
            String name, Function<ArchitectureRules, ArchRule> rule, List<Class<?>> guilty, List<Class<?>> innocent) {

        static Case of(String name, Function<ArchitectureRules, ArchRule> rule, Class<?>... guilty) {
            return new Case(name, rule, Arrays.asList(guilty), List.of());
        }

        Case butNot(Class<?>... innocent) {
            return new Case(name, rule, guilty, Arrays.asList(innocent));
        }
    }

    /** What each closed package must be caught at seeing. */
    private static final Map<String, Class<?>> PLANTED_SIGHT = Map.of(
            "config", KnowsProtocol.class,
            "protocol", KnowsLog.class,
            "log", KnowsCommand.class,
            "command", KnowsStore.class,
            "store", KnowsServer.class,
            "security", KnowsServerOfUsers.class,
            "server", KnowsLogDirectly.class);

    private static Stream<Case> cases() {
        Stream<Case> rules = Stream.of(
                Case.of(
                        "packages form no cycle",
                        ArchitectureRules::packagesFormNoCycle,
                        RoundTrip.class,
                        RoundTripBack.class),
                Case.of("nothing depends on the root", ArchitectureRules::nothingDependsOnTheRoot, KnowsItsMain.class),
                Case.of("only the store knows MapDB", ArchitectureRules::onlyTheStoreKnowsMapDb, UsesMapDb.class)
                        .butNot(PlainWithVertx.class),
                Case.of(
                        "the pure core does not touch Vert.x",
                        ArchitectureRules::thePureCoreDoesNotTouchVertx,
                        UsesVertx.class,
                        UsesNetty.class),
                Case.of(
                                "the store touches Vert.x only at its edge",
                                ArchitectureRules::theStoreTouchesVertxOnlyAtItsEdge,
                                PlainWithVertx.class)
                        .butNot(EdgeVerticle.class, EdgeProxy.class, VertxEdge.class),
                Case.of(
                                "replication touches Vert.x only at its edge",
                                ArchitectureRules::replicationTouchesVertxOnlyAtItsEdge,
                                StreamWithVertx.class)
                        .butNot(BusEdge.class),
                Case.of(
                                "security touches Vert.x only for TLS",
                                ArchitectureRules::securityTouchesVertxOnlyForTls,
                                UserWithVertx.class)
                        .butNot(TlsEdge.class),
                Case.of(
                                "only replication knows Hazelcast",
                                ArchitectureRules::onlyReplicationKnowsHazelcast,
                                UsesHazelcast.class)
                        .butNot(BusEdge.class),
                Case.of(
                                "only the system clock reads the wall clock",
                                ArchitectureRules::onlyTheSystemClockReadsTheWallClock,
                                AsksTheWallClock.class)
                        .butNot(SystemClock.class),
                Case.of("only the root makes a clock", ArchitectureRules::onlyTheRootMakesAClock, MakesAClock.class)
                        .butNot(Main.class),
                Case.of("randomness is an argument", ArchitectureRules::randomnessIsAnArgument, DrawsFromAnyone.class),
                Case.of(
                        "names say what a thing is",
                        ArchitectureRules::namesSayWhatAThingIs,
                        AbstractThing.class,
                        BaseThing.class,
                        DefaultThing.class,
                        ThingImpl.class,
                        ThingUtil.class,
                        ThingHelper.class,
                        ThingManager.class),
                Case.of("no package is a drawer", ArchitectureRules::noPackageIsADrawer, Drawer.class),
                Case.of("every package is null-marked", ArchitectureRules::everyPackageIsNullMarked, Unmarked.class)
                        .butNot(RoundTrip.class),
                Case.of("classes are final or sealed", ArchitectureRules::classesAreFinalOrSealed, Open.class)
                        .butNot(RoundTrip.class),
                Case.of("no static state changes", ArchitectureRules::noStaticStateChanges, Remembers.class));
        Stream<Case> sights = ArchitectureRules.closedPackages().stream()
                .sorted()
                .map(name -> Case.of(
                        name + " sees only what it may",
                        creek -> creek.aPackageSeesOnlyWhatItMay(name),
                        Objects.requireNonNull(PLANTED_SIGHT.get(name), name)));
        return Stream.concat(rules, sights);
    }

    @TestFactory
    Stream<DynamicTest> creekKeepsItsRules() {
        return cases().map(c -> dynamicTest(
                c.name(),
                () -> c.rule().apply(new ArchitectureRules("io.creek")).check(CREEK)));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsWhatWasPlanted() {
        JavaClasses planted = new ClassFileImporter().importPackages("io.creek.planted");
        return cases().map(c -> dynamicTest(c.name(), () -> {
            List<String> violations = c.rule()
                    .apply(new ArchitectureRules("io.creek.planted"))
                    .evaluate(planted)
                    .getFailureReport()
                    .getDetails();
            for (Class<?> guilty : c.guilty()) {
                assertThat(violations).anyMatch(line -> names(line, guilty));
            }
            for (Class<?> innocent : c.innocent()) {
                assertThat(violations).noneMatch(line -> names(line, innocent));
            }
        }));
    }

    @Test
    void theRulesMeetCreeksClassesAndNotItsTests() {
        assertThat(CREEK.contain(MainVerticle.class)).isTrue();
        assertThat(CREEK.contain(ArchitectureTest.class)).isFalse();
        assertThat(CREEK.contain(RoundTrip.class)).isFalse();
    }

    @Test
    void theWallClockIsFoundHoweverItIsAsked() {
        JavaClasses planted = new ClassFileImporter().importClasses(AsksTheWallClock.class);

        List<String> violations = new ArchitectureRules("io.creek.planted")
                .onlyTheSystemClockReadsTheWallClock()
                .evaluate(planted)
                .getFailureReport()
                .getDetails();

        assertThat(violations)
                .hasSize(3)
                .anyMatch(line -> line.contains("AsksTheWallClock.called()"))
                .anyMatch(line -> line.contains("AsksTheWallClock.referred()"))
                .anyMatch(line -> line.contains("AsksTheWallClock.instant()"));
    }

    private static boolean names(String line, Class<?> type) {
        return Pattern.compile(Pattern.quote(type.getName()) + "\\b")
                .matcher(line)
                .find();
    }
}
