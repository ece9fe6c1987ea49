package io.creek.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration that is in force: what the sources say, and what CONFIG SET has laid over it. Any thread reads it; changes are
 * made one after the other, each whole or not at all, by the same checks as at a start.
 */
public final class RunningConfig {
    private static final Logger LOG = LoggerFactory.getLogger(RunningConfig.class);

    private static final String PLACE = "CONFIG SET";

    /** What the sources said, but for what takes a restart: that is as it was at the start. */
    private volatile RawSettings started;
    /** All that the sources said the last time. */
    private RawSettings said;

    private final Map<String, Assignment> changed = new LinkedHashMap<>();
    private final List<Consumer<CreekConfig>> listeners = new CopyOnWriteArrayList<>();
    private volatile RawSettings settings;
    private volatile CreekConfig config;

    /**
     * Why a change was refused.
     *
     * @param key that it is about
     * @param reason in words that say what is allowed
     */
    public record Refusal(String key, String reason) {}

    /** @throws StartupException with every problem of the settings */
    public RunningConfig(RawSettings started) {
        this.started = started;
        said = started;
        settings = started;
        config = CreekConfig.of(started);
    }

    /** What is in force now. */
    public CreekConfig get() {
        return config;
    }

    /** The value that is in force, as an operator would write it; what is decided automatically as it was decided. */
    public String text(Setting<?> setting) {
        CreekConfig current = config;
        return current.decided(setting).orElseGet(() -> settings.find(setting)
                .orElseGet(() -> BuiltInSettings.BUILT_IN.assignment(setting))
                .value());
    }

    private String shown(Setting<?> setting) {
        return Assignment.shownValue(setting.key(), text(setting));
    }

    /** Calls the listener after each change, on the thread that made it. */
    public void onChange(Consumer<CreekConfig> listener) {
        listeners.add(listener);
    }

    /**
     * Changes settings, all or none; each has to be one that {@linkplain Setting#changesWhileRunning changes while running}.
     *
     * @param values by key
     */
    public synchronized Optional<Refusal> change(Map<String, String> values) {
        Map<String, Assignment> candidate = new LinkedHashMap<>(changed);
        for (Map.Entry<String, String> each : values.entrySet()) {
            Setting<?> setting = Setting.find(each.getKey()).orElseThrow();
            if (!setting.changesWhileRunning()) {
                throw new IllegalArgumentException(setting.key() + " changes at a restart");
            }
            if (!setting.accepts(each.getValue())) {
                return Optional.of(new Refusal(setting.key(), "expected " + setting.allowed()));
            }
            candidate.put(setting.key(), new Assignment(setting.key(), each.getValue(), PLACE));
        }
        RawSettings raw = started.with(candidate);
        CreekConfig checked;
        try {
            checked = CreekConfig.of(raw);
        } catch (StartupException e) {
            String key = values.keySet().iterator().next();
            return Optional.of(new Refusal(key, String.join("; ", e.problems())));
        }
        changed.clear();
        changed.putAll(candidate);
        List<Setting<?>> named = values.keySet().stream()
                .<Setting<?>>map(key -> Setting.find(key).orElseThrow())
                .toList();
        put(raw, checked, named, setting -> PLACE);
        return Optional.empty();
    }

    private void put(
            RawSettings raw, CreekConfig checked, List<Setting<?>> told, Function<Setting<?>, String> placeOf) {
        Map<Setting<?>, String> before = new LinkedHashMap<>();
        told.forEach(setting -> before.put(setting, shown(setting)));
        settings = raw;
        config = checked;
        before.forEach((setting, text) ->
                LOG.info("{}: {} = {}, before {}", placeOf.apply(setting), setting.key(), shown(setting), text));
        listeners.forEach(listener -> listener.accept(checked));
    }

    /**
     * The sources were read again. What they say takes effect as a whole or, when anything is wrong with it, not at all; what CONFIG SET
     * has changed stays above it, and what changes at a restart stays as it is.
     */
    public synchronized void reload(RawSettings fresh) {
        RawSettings candidate = fresh.keeping(started);
        RawSettings raw = candidate.with(changed);
        CreekConfig checked;
        try {
            checked = CreekConfig.of(raw);
        } catch (StartupException e) {
            e.problems().forEach(problem -> LOG.error("configuration not changed: {}", problem));
            return;
        }
        RawSettings saidBefore = said;
        said = fresh;
        Setting.all().stream()
                .filter(setting -> !setting.changesWhileRunning())
                .filter(setting -> !value(fresh, setting).equals(value(saidBefore, setting)))
                .forEach(setting -> LOG.warn(
                        "{}: {} = {} takes effect at a restart",
                        place(fresh, setting),
                        setting.key(),
                        Assignment.shownValue(setting.key(), value(fresh, setting))));
        List<Setting<?>> told = Setting.all().stream()
                .filter(setting -> !value(raw, setting).equals(value(settings, setting)))
                .toList();
        started = candidate;
        if (!told.isEmpty()) {
            put(raw, checked, told, setting -> place(raw, setting));
        }
    }

    private static String value(RawSettings raw, Setting<?> setting) {
        return raw.find(setting)
                .orElseGet(() -> BuiltInSettings.BUILT_IN.assignment(setting))
                .value();
    }

    private static String place(RawSettings raw, Setting<?> setting) {
        return raw.find(setting).map(Assignment::place).orElse("default");
    }

    /** The file that the settings came from, when there was one: the last that was named. */
    public Optional<Path> file() {
        return started.file();
    }

    /**
     * Writes what was changed into {@link #file}. Blocks.
     *
     * @throws IOException when there is no file that can take it, or the disk does not
     */
    public synchronized void rewrite() throws IOException {
        Path file = file().orElseThrow(() -> new IOException("the settings came from no file"));
        ConfRewrite.rewrite(file, changed.values());
        LOG.info("CONFIG REWRITE: {} settings written to {}", changed.size(), file);
        for (Assignment each : changed.values()) {
            started.findByKey(each.key())
                    .filter(first -> !first.place().startsWith(file.toString())
                            && !first.place().isEmpty())
                    .ifPresent(first -> LOG.warn(
                            "CONFIG REWRITE: {} = {} will not count at the next start: {} goes over {}",
                            each.key(),
                            Assignment.shownValue(each.key(), each.value()),
                            first.place(),
                            file));
        }
    }
}
