package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads all keys of a Redis over its port: by SCAN, and a value with its deadline by one MULTI, so that they belong together. A page of keys is
 * read in transactions of bounded size. One thread.
 *
 * <p>What is there from start to end comes at least once, as SCAN promises.
 */
final class RedisSource {
    private static final byte[] SCAN_COUNT = ascii("1000");
    private static final int TRANSACTION_KEYS_MAX = 500;
    private static final long TRANSACTION_BYTES_MAX = 8 << 20;

    private static final byte[] TYPE = ascii("TYPE");
    private static final byte[] STRLEN = ascii("STRLEN");
    private static final byte[] GET = ascii("GET");
    private static final Pattern DATABASE = Pattern.compile("db([0-9]{1,9}):keys=([0-9]+)");
    private static final String STRING = "string";
    private static final String NONE = "none";

    /** Gets the keys. */
    interface Receiver {
        /** @param deadlineMillis since 1970; 0 for none */
        void string(byte[] key, byte[] value, long deadlineMillis) throws IOException;

        void other(byte[] key, String type) throws IOException;

        /** It was there a moment ago, and has expired or was removed. */
        void vanished() throws IOException;
    }

    /** Gets the keys that hold strings, without their values. */
    @FunctionalInterface
    interface KeyReceiver {
        void key(byte[] key) throws IOException;
    }

    private final NodeConnection redis;
    private final boolean tellsDeadlines;

    /** Finds out what the server can do. */
    RedisSource(NodeConnection redis) throws IOException {
        this.redis = redis;
        Reply reply = redis.exchange("PEXPIRETIME", "creek:import");
        this.tellsDeadlines =
                !(reply instanceof Reply.ErrorReply error && error.message().startsWith("ERR unknown command"));
        if (tellsDeadlines) {
            required(reply);
        }
    }

    /** Whether deadlines are those of the server; else they are made of its clock and the time that is left, and may be a millisecond off. */
    boolean tellsDeadlines() {
        return tellsDeadlines;
    }

    long keys() throws IOException {
        return number(redis.exchange("DBSIZE"));
    }

    /** The databases that hold keys, and how many, but for this one: {@code database 3: 7 keys}. Empty when it does not tell. */
    List<String> otherDatabases(int database) throws IOException {
        List<String> others = new ArrayList<>();
        if (redis.exchange("INFO", "keyspace") instanceof Reply.Bulk info) {
            Matcher matcher = DATABASE.matcher(new String(info.copy(), StandardCharsets.US_ASCII));
            while (matcher.find()) {
                if (Integer.parseInt(matcher.group(1)) != database) {
                    others.add("database " + matcher.group(1) + ": " + matcher.group(2) + " keys");
                }
            }
        }
        return others;
    }

    /** Names every key that holds a string. */
    void eachKey(KeyReceiver receiver) throws IOException {
        scan(page -> {
            for (byte[] key : page) {
                redis.send(List.of(TYPE, key));
            }
            redis.flush();
            List<byte[]> strings = new ArrayList<>();
            for (byte[] key : page) {
                if (text(redis.receive()).equals(STRING)) {
                    strings.add(key);
                }
            }
            for (byte[] key : strings) {
                receiver.key(key);
            }
        });
    }

    /** Reads every key. */
    void each(Receiver receiver) throws IOException {
        scan(page -> readPage(page, receiver));
    }

    private interface PageReceiver {
        void page(List<byte[]> keys) throws IOException;
    }

    private void scan(PageReceiver receiver) throws IOException {
        byte[] cursor = ascii("0");
        do {
            List<Reply> reply = list(redis.exchange(List.of(ascii("SCAN"), cursor, ascii("COUNT"), SCAN_COUNT)));
            cursor = bytes(reply.get(0));
            List<byte[]> keys = new ArrayList<>();
            for (Reply key : list(reply.get(1))) {
                keys.add(bytes(key));
            }
            receiver.page(keys);
        } while (!text(cursor).equals("0"));
    }

    private void readPage(List<byte[]> keys, Receiver receiver) throws IOException {
        for (byte[] key : keys) {
            redis.send(List.of(TYPE, key));
            redis.send(List.of(STRLEN, key));
        }
        redis.flush();
        List<byte[]> strings = new ArrayList<>();
        List<Long> lengths = new ArrayList<>();
        for (byte[] key : keys) {
            String type = text(redis.receive());
            Reply length = redis.receive();
            if (type.equals(STRING)) {
                strings.add(key);
                lengths.add(length instanceof Reply.Int bytes ? bytes.value() : 0L);
            } else if (type.equals(NONE)) {
                receiver.vanished();
            } else {
                receiver.other(key, type);
            }
        }
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < strings.size(); i++) {
            if (i > from && (i - from >= TRANSACTION_KEYS_MAX || bytes + lengths.get(i) > TRANSACTION_BYTES_MAX)) {
                readStrings(strings.subList(from, i), receiver);
                from = i;
                bytes = 0;
            }
            bytes += lengths.get(i);
        }
        if (from < strings.size()) {
            readStrings(strings.subList(from, strings.size()), receiver);
        }
    }

    private void readStrings(List<byte[]> keys, Receiver receiver) throws IOException {
        redis.send(List.of(ascii("MULTI")));
        redis.send(List.of(ascii("TIME")));
        byte[] deadlineOf = ascii(tellsDeadlines ? "PEXPIRETIME" : "PTTL");
        for (byte[] key : keys) {
            redis.send(List.of(GET, key));
            redis.send(List.of(deadlineOf, key));
        }
        redis.send(List.of(ascii("EXEC")));
        redis.flush();
        for (int queued = 0; queued < 2 + 2 * keys.size(); queued++) {
            required(redis.receive());
        }
        List<Reply> replies = list(redis.receive());
        long nowMillis = millis(list(replies.get(0)));
        for (int k = 0; k < keys.size(); k++) {
            Reply value = replies.get(1 + 2 * k);
            long time = replies.get(2 + 2 * k) instanceof Reply.Int millis ? millis.value() : -1;
            if (value instanceof Reply.ErrorReply) {
                receiver.other(keys.get(k), "no longer a string");
            } else if (value instanceof Reply.Nil) {
                receiver.vanished();
            } else {
                receiver.string(keys.get(k), bytes(value), time < 0 ? 0 : tellsDeadlines ? time : nowMillis + time);
            }
        }
    }

    private static long millis(List<Reply> time) throws IOException {
        return TimeUnit.SECONDS.toMillis(Long.parseLong(text(time.get(0))))
                + TimeUnit.MICROSECONDS.toMillis(Long.parseLong(text(time.get(1))));
    }

    private static Reply required(Reply reply) throws NodeConnection.Refused {
        if (reply instanceof Reply.ErrorReply error) {
            throw new NodeConnection.Refused(error.message());
        }
        return reply;
    }

    private static List<Reply> list(Reply reply) throws IOException {
        if (required(reply) instanceof Reply.Array array) {
            return array.elements();
        }
        throw new IOException("expected an array, actual another reply");
    }

    private static long number(Reply reply) throws IOException {
        if (required(reply) instanceof Reply.Int number) {
            return number.value();
        }
        throw new IOException("expected a number, actual another reply");
    }

    private static byte[] bytes(Reply reply) throws IOException {
        if (required(reply) instanceof Reply.Bulk bulk) {
            return bulk.copy();
        }
        throw new IOException("expected a string, actual another reply");
    }

    /** A status, or a string. */
    private static String text(Reply reply) throws IOException {
        return reply instanceof Reply.Status status ? status.text() : text(bytes(reply));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
