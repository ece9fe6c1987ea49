package io.creek.replication;

import java.util.PriorityQueue;

/** The time of a simulation, and what is to happen in it: in the order of its times, then in that in which it was asked for. One thread. */
final class SimulatedTime {
    private record Event(long millis, long order, Runnable step) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(millis, other.millis);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long millis;
    private long order;

    /** Milliseconds since the beginning. */
    long millis() {
        return millis;
    }

    /** Has the step run so much later; now is the soonest. */
    void in(long delayMillis, Runnable step) {
        events.add(new Event(millis + Math.max(0, delayMillis), order++, step));
    }

    /** Runs what is due until then. */
    void passUntil(long untilMillis) {
        while (!events.isEmpty() && events.peek().millis <= untilMillis) {
            Event event = events.remove();
            millis = event.millis;
            event.step.run();
        }
        millis = untilMillis;
    }
}
