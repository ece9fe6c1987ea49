package io.creek.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/** This package, the store with it, or replication, with a fault planted in one of its sources, in a class loader of its own. */
public final class PlantedLog implements AutoCloseable {
    private static final Path SOURCES = Path.of("src/main/java/io/creek");
    private static final String LOG = "io.creek.log.";
    private static final String STORE = "io.creek.store.";
    private static final String REPLICATION = "io.creek.replication.";

    private final Loader classes;

    private PlantedLog(Loader classes) {
        this.classes = classes;
    }

    static PlantedLog with(Path into, String source, String right, String wrong) throws IOException {
        return compile(into, Path.of("log", source), right, wrong, Set.of(LOG));
    }

    /** @param source of the log or the store, below {@code io/creek} */
    public static PlantedLog inStore(Path into, String source, String right, String wrong) throws IOException {
        return compile(into, Path.of(source), right, wrong, Set.of(LOG, STORE));
    }

    /** @param source of replication, below {@code io/creek}, or of its tests */
    public static PlantedLog inReplication(Path into, Path source, String right, String wrong) throws IOException {
        return compile(into, source, right, wrong, Set.of(REPLICATION));
    }

    /** @param source of the log, the store or replication, below {@code io/creek}, or of their tests */
    public static PlantedLog inNode(Path into, String source, String right, String wrong) throws IOException {
        return compile(into, Path.of(source), right, wrong, Set.of(LOG, STORE, REPLICATION));
    }

    /**
     * Compiles a copy of a source.
     *
     * @param into directory for the classes
     * @param right what the source says, exactly once
     * @param wrong what it is to say instead
     */
    private static PlantedLog compile(Path into, Path source, String right, String wrong, Set<String> packages)
            throws IOException {
        String text = Files.readString(SOURCES.resolve(source));
        assertThat(text.split(Pattern.quote(right), -1))
                .as("%s must say once:%n%s", source, right)
                .hasSize(2);
        Path copy = into.resolve(Objects.requireNonNull(source.getFileName()));
        Files.writeString(copy, text.replace(right, wrong));
        String classPath = Stream.of(CommitLog.class, PlantedLog.class, NullMarked.class, Logger.class, Vertx.class)
                .map(PlantedLog::place)
                .collect(Collectors.joining(System.getProperty("path.separator")));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int failed = compiler.run(
                null, null, null, "-proc:none", "-nowarn", "-cp", classPath, "-d", into.toString(), copy.toString());
        assertThat(failed).isZero();
        return new PlantedLog(new Loader(
                packages, url(into), url(Path.of(place(CommitLog.class))), url(Path.of(place(PlantedLog.class)))));
    }

    /** Calls a static method without arguments of a class of this package, with the fault in it. */
    void run(String className, String method) throws Throwable {
        runNamed(LOG + className, method);
    }

    /** The same of a class of any package that has the fault in it. */
    public void runNamed(String className, String method) throws Throwable {
        try {
            Method there = classes.loadClass(className).getDeclaredMethod(method);
            // The same package in another class loader is another one.
            there.setAccessible(true);
            there.invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static String place(Class<?> of) {
        try {
            return Path.of(of.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }

    /** Has these packages' classes for itself, and shares all others. */
    private static final class Loader extends URLClassLoader {
        private final Set<String> packages;

        Loader(Set<String> packages, URL... places) {
            super(places, PlantedLog.class.getClassLoader());
            this.packages = packages;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (packages.stream().noneMatch(name::startsWith)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }
}
