package io.creek.command;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Commands that took longer than {@code latency_monitor_threshold}, as Redis' classes of events: {@code command}, and {@code
 * fast-command} for those that should not. Of each the worst of every second that had one, for the last {@value #SECONDS_MAX} of these.
 * Any thread.
 */
public final class LatencyMonitor {
    public static final String COMMAND = "command";
    public static final String FAST_COMMAND = "fast-command";

    private static final int SECONDS_MAX = 160;

    private final Map<String, Event> events = new TreeMap<>();

    /** The worst of one second since 1970. */
    record Sample(long second, long millis) {}

    /** One class of events. */
    private static final class Event {
        private final ArrayDeque<Sample> samples = new ArrayDeque<>();
        private long maxMillis;
    }

    /** The last sample of a class, and the worst of all that there were since it was reset. */
    record Latest(String event, Sample last, long maxMillis) {}

    /** An event of this class happened. */
    public synchronized void record(String name, long second, long millis) {
        Event event = events.computeIfAbsent(name, each -> new Event());
        event.maxMillis = Math.max(event.maxMillis, millis);
        Sample last = event.samples.peekLast();
        if (last != null && last.second == second) {
            event.samples.removeLast();
            event.samples.addLast(new Sample(second, Math.max(millis, last.millis)));
            return;
        }
        event.samples.addLast(new Sample(second, millis));
        if (event.samples.size() > SECONDS_MAX) {
            event.samples.removeFirst();
        }
    }

    synchronized List<Sample> history(String name) {
        Event event = events.get(name);
        return event == null ? List.of() : List.copyOf(event.samples);
    }

    synchronized List<Latest> latest() {
        List<Latest> latest = new ArrayList<>();
        events.forEach((name, event) -> latest.add(new Latest(name, event.samples.getLast(), event.maxMillis)));
        return latest;
    }

    /** Forgets these classes; all when none is named. Returns how many there were. */
    synchronized int reset(Set<String> names) {
        int before = events.size();
        events.keySet().removeIf(name -> names.isEmpty() || names.contains(name));
        return before - events.size();
    }
}
