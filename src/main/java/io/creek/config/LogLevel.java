package io.creek.config;

/** The least severe kind of event that Creek's own log shows; ordered from most to least talkative. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
}
