package io.creek;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.creek.config.LogLevel;
import io.vertx.launcher.application.VertxApplication;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much is logged; where to and in which form says {@code logback.xml}. Stateless; any thread may call it. */
final class Logging {

    private Logging() {}

    /** Libraries stay at warn, or at {@code level} where that is less talkative. */
    static void setLevel(LogLevel level) {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.getLogger("io.creek").setLevel(Level.valueOf(level.name()));
        loggers.getLogger(Logger.ROOT_LOGGER_NAME)
                .setLevel(level.compareTo(LogLevel.WARN) > 0 ? Level.valueOf(level.name()) : Level.WARN);
        // Why a start failed is told by Main, once and without a stack trace where it is the operator's mistake.
        loggers.getLogger(VertxApplication.class).setLevel(Level.OFF);
        // Who has gone, came back or does not answer is told by BusPresence, once. They would tell it for every
        // connection and call, most of
        // them with stack traces.
        loggers.getLogger("io.vertx.core.eventbus.impl.clustered").setLevel(Level.ERROR);
        loggers.getLogger("com.hazelcast").setLevel(Level.ERROR);
        // Names that cannot be resolved, and clusters that merge.
        Level libraries = loggers.getLogger(Logger.ROOT_LOGGER_NAME).getLevel();
        loggers.getLogger("com.hazelcast.internal.cluster.impl.TcpIpJoiner").setLevel(libraries);
        loggers.getLogger("com.hazelcast.kubernetes").setLevel(libraries);
    }
}
