package io.creek.config;

/**
 * A key, the raw text it is given, and where: {@code conf/creek.conf:12}, {@code flag -fsync}. An empty place is left
 * out of what is said about it.
 */
record Assignment(String key, String value, String place) {

    private static final int SHOWN_CHARACTERS_MAX = 100;

    /** A line about this assignment: place, key, value, and what is wrong. */
    String problem(String what) {
        return at(place, shown(key) + " = " + shownValue(key, value) + ": " + what);
    }

    /** A line about this assignment for which its value does not matter. */
    String keyProblem(String what) {
        return at(place, shown(key) + ": " + what);
    }

    static String at(String place, String what) {
        return place.isEmpty() ? what : shown(place) + ": " + what;
    }

    /** The value as an error or a log may show it. */
    static String shownValue(String key, String value) {
        boolean secret = Setting.find(key).map(Setting::isSecret).orElse(false);
        return secret && !value.isEmpty() ? "(not shown)" : shown(value);
    }

    /** What a source holds may be anything: control characters must not reach a terminal, nor a whole file a log. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (i == SHOWN_CHARACTERS_MAX) {
                return shown.append("…").toString();
            }
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append("\\u%04x".formatted((int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }
}
