/**
 * Sockets: one {@link io.creek.server.ServerVerticle} per event loop accepts connections, and a {@link io.creek.server.Session} for
 * each decodes every complete command of what was read, hands those over keys to the {@code StoreProxy}, and writes the replies in the
 * order of the commands, in one write per turn of the loop.
 *
 * <p>The path of a request: {@code Session.handle} → {@code RequestDecoder.next} → {@code CommandTable.lookup} →
 * {@code StoreProxy.submit}; of its reply: {@code Session.completed} → {@code SessionGroup.writeReplies} → {@code ReplyEncoder.encode}.
 * Depends on {@code store}, {@code command}, {@code protocol} and {@code config}.
 */
@NullMarked
package io.creek.server;

import org.jspecify.annotations.NullMarked;
