package io.creek.cli;

import io.creek.protocol.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A node that answers what a test tells it to, on any number of connections. What it was asked is kept. */
final class FakeNode implements AutoCloseable {
    /** Instead of a reply: the connection is closed. */
    static final String HANG_UP = "";

    private final ServerSocket server;
    private final Function<String, String> replies;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** @param replies from a command, its arguments with a space between, to what is sent back */
    FakeNode(Function<String, String> replies) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), replies);
    }

    FakeNode(ServerSocket server, Function<String, String> replies) {
        this.server = server;
        this.replies = replies;
        daemon(this::accept);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "fake node");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    /** All commands in the order in which they came. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                daemon(() -> serve(client));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket client) {
        try (client) {
            ReplyReader requests = new ReplyReader(client.getInputStream());
            while (true) {
                String command = words(requests.next());
                asked.add(command);
                String reply = replies.apply(command);
                if (reply.equals(HANG_UP)) {
                    return;
                }
                client.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException ended) {
            // The client has gone.
        }
    }

    private static String words(Reply request) {
        StringBuilder words = new StringBuilder();
        for (Reply word : ((Reply.Array) request).elements()) {
            words.append(words.length() == 0 ? "" : " ")
                    .append(new String(((Reply.Bulk) word).copy(), StandardCharsets.UTF_8));
        }
        return words.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
