package io.creek;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.creek.config.LogLevel;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is logged, where to and in which form. Logback finds it as a service, behind a {@code -Dlogback.configurationFile}: an XML file of
 * its own to parse would take a tenth of a second of each start. Any thread may call it.
 *
 * <p>One line per event, to stderr: time, level, thread, class, message. Line breaks within a message or a stack trace
 * are folded into that line, so that what a client sent cannot pose as an event of its own.
 */
@ConfiguratorRank(Logging.BEHIND_FILES)
public final class Logging extends ContextAwareBase implements Configurator {
    static final int BEHIND_FILES = ConfiguratorRank.FALLBACK + 1;

    private static final String PATTERN = "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level [%thread] %logger{0}: "
            + "%replace(%replace(%msg%n%ex){'\\s+$', ''}){'\\s*[\\r\\n]+\\s*', ' | '}%nopex%n";

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(loggers);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(PATTERN);
        encoder.start();
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(loggers);
        stderr.setName("stderr");
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder);
        stderr.start();
        loggers.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(stderr);
        // A connection between nodes that ends is told of by creek itself; these say it again, as errors, for each
        // message that was
        // under way.
        loggers.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
        loggers.getLogger("com.hazelcast.internal.cluster.impl.operations.FetchMembersViewOp")
                .setLevel(Level.OFF);
        // Nothing of creek's lies in Hazelcast's partitions; when a member leaves in the midst of their assignment,
        // that is an error
        // to it.
        loggers.getLogger("com.hazelcast.internal.partition").setLevel(Level.OFF);
        // A client that is accepted when the event loops have ended already: it is closed, which is all there is to it.
        loggers.getLogger("io.netty.bootstrap.ServerBootstrap").setLevel(Level.ERROR);
        // Until the configuration was read.
        setLevel(loggers, LogLevel.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Libraries stay at warn, or at {@code level} where that is less talkative. */
    static void setLevel(LogLevel level) {
        setLevel((LoggerContext) LoggerFactory.getILoggerFactory(), level);
    }

    static void setLevel(LoggerContext loggers, LogLevel level) {
        loggers.getLogger("io.creek").setLevel(Level.valueOf(level.name()));
        loggers.getLogger(Logger.ROOT_LOGGER_NAME)
                .setLevel(level.compareTo(LogLevel.WARN) > 0 ? Level.valueOf(level.name()) : Level.WARN);
        // Who has gone, came back or does not answer is told by BusPresence, once. They would tell it for every
        // connection and call, most of
        // them with stack traces, and tell of messages that come while a node stops.
        loggers.getLogger("io.vertx.core.eventbus.impl").setLevel(Level.ERROR);
        loggers.getLogger("com.hazelcast").setLevel(Level.ERROR);
        // Names that cannot be resolved, and clusters that merge.
        Level libraries = loggers.getLogger(Logger.ROOT_LOGGER_NAME).getLevel();
        loggers.getLogger("com.hazelcast.internal.cluster.impl.TcpIpJoiner").setLevel(libraries);
        loggers.getLogger("com.hazelcast.kubernetes").setLevel(libraries);
    }
}
