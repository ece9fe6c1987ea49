package io.creek.security;

/** A rule of a user that is none, or that says nothing. */
final class RuleException extends Exception {
    private static final long serialVersionUID = 1;

    private final String rule;

    RuleException(String rule, String reason) {
        super(reason);
        this.rule = rule;
    }

    /** The rule, but for a password in it. */
    String rule() {
        return rule.startsWith(">") || rule.startsWith("<") ? rule.charAt(0) + "(not shown)" : rule;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
