package io.creek;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.status.Status;
import io.creek.config.LogLevel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Checks the configuration that the server ships, in a logging context of its own. */
final class LogFormatTest {

    @Test
    void anEventIsOneLineWithTimeLevelThreadClassAndMessage() {
        assertThat(format(Level.INFO, "listening on {}", null, 7000))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) INFO  \\[.+] Thing: "
                        + "listening on 7000\n");
    }

    @Test
    void aLineBreakInAMessageDoesNotBeginAnotherEvent() {
        String line = format(Level.INFO, "bad key {}", null, "a\r\n2026-01-01 ERROR forged");

        assertThat(line.lines()).hasSize(1);
        assertThat(line).contains("bad key a | 2026-01-01 ERROR forged");
    }

    @Test
    void aStackTraceStaysOnTheLineOfItsEvent() {
        String line = format(Level.ERROR, "append failed", new IllegalStateException("disk full"));

        assertThat(line.lines()).hasSize(1);
        assertThat(line).contains("append failed | java.lang.IllegalStateException: disk full | at ");
    }

    @Test
    void theLevelIsTheOneAskedForAndLibrariesOnlyWarn() {
        LoggerContext context = configured(LogLevel.DEBUG);
        try {
            assertThat(context.getLogger("io.creek.store").getEffectiveLevel()).isEqualTo(Level.DEBUG);
            assertThat(context.getLogger("io.netty.channel").getEffectiveLevel())
                    .isEqualTo(Level.WARN);
            assertThat(context.getLogger("io.vertx.core").getEffectiveLevel()).isEqualTo(Level.WARN);
            assertThat(context.getLogger("com.hazelcast").getEffectiveLevel()).isEqualTo(Level.ERROR);
            assertThat(context.getLogger("com.hazelcast.internal.partition.impl.Any")
                            .getEffectiveLevel())
                    .isEqualTo(Level.OFF);
        } finally {
            context.stop();
        }
    }

    /** What the shipped configuration makes of an event, as text. */
    private static String format(Level level, String message, @Nullable Throwable thrown, Object... arguments) {
        LoggerContext context = configured(LogLevel.INFO);
        try {
            Logger logger = context.getLogger("io.creek.some.Thing");
            Appender<ILoggingEvent> appender =
                    context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
            assertThat(appender).isInstanceOf(ConsoleAppender.class);
            ConsoleAppender<ILoggingEvent> stderr = (ConsoleAppender<ILoggingEvent>) appender;
            assertThat(stderr.getTarget()).isEqualTo("System.err");
            LoggingEvent event =
                    new LoggingEvent(LogFormatTest.class.getName(), logger, level, message, thrown, arguments);
            return new String(stderr.getEncoder().encode(event), StandardCharsets.UTF_8);
        } finally {
            context.stop();
        }
    }

    private static LoggerContext configured(LogLevel level) {
        LoggerContext context = new LoggerContext();
        Logging logging = new Logging();
        logging.setContext(context);
        assertThat(logging.configure(context)).isEqualTo(Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
        Logging.setLevel(context, level);
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .filteredOn(status -> status.getLevel() > Status.INFO)
                .isEmpty();
        return context;
    }
}
