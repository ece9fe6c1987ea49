/**
 * Sockets: one {@link io.creek.server.ServerVerticle} per event loop accepts connections, and a {@link io.creek.server.Session} for
 * each decodes every complete command of what was read, hands those over keys to the {@code StoreProxy}, and writes the replies in the
 * order of the commands, in one write per turn of the loop.
 *
 * <p>The path of a request: {@code Session.handle} → {@code RequestDecoder.next} → {@code Dispatch.dispatch} → {@code CommandTable.lookup} →
 * {@code StoreProxy.submit}; of its reply: {@code Session.completed} → {@code SessionGroup.writeReplies} → {@code ReplyEncoder.encode}.
 *
 * <p>What a client can make the node keep is bounded: {@link io.creek.server.Backlog} stops decoding ahead of replies, {@link
 * io.creek.server.SessionBounds} counts what a session keeps and closes it in the end, and {@link io.creek.server.ServerNode} has one budget
 * for all.
 *
 * <p>What concerns all connections – CLIENT LIST and KILL, PAUSE, MONITOR, the counters of INFO – never shares a session between loops: {@link
 * io.creek.server.SessionGroups} asks each loop's {@link io.creek.server.SessionGroup}. Depends on {@code store}, {@code security}, {@code command}, {@code protocol} and {@code config}.
 */
@NullMarked
package io.creek.server;

import org.jspecify.annotations.NullMarked;
