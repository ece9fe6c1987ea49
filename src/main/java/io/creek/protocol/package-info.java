/**
 * Bytes to values and back: what a client sends becomes {@link io.creek.protocol.Request}s, what it is answered is a
 * {@link io.creek.protocol.Reply}.
 *
 * <p><b>Path of a request.</b> The session feeds each read to its {@link io.creek.protocol.RequestDecoder} and asks for
 * requests until there is none. The decoder decides the {@link io.creek.protocol.Dialect} by the first line, cuts
 * multibulk requests ({@code MultibulkParser}) and lines ({@code InlineParser}, {@code InlineArguments}), and hands out
 * requests that are slices of the read: a command that arrived whole costs no copy, and mostly no garbage, since its {@code Request}
 * goes back to {@link io.creek.protocol.Requests}. Only a request that goes on in the next read is copied, once, into an array of its own.
 *
 * <p><b>Path of a reply.</b> Commands return a {@link io.creek.protocol.Reply}, which says what is meant, in RESP3's
 * types. {@link io.creek.protocol.ReplyEncoder} writes it as {@link io.creek.protocol.ReplyFormat} says, into a
 * {@link io.creek.protocol.ReplyBuffer} that holds the replies of one tick, in an array that the connections of a loop use in turn.
 *
 * <p><b>Limits.</b> {@link io.creek.protocol.DecoderLimits} bounds what one connection can make the decoder hold; memory
 * grows with the bytes that came, never with a length that was announced. The work is linear in the bytes, however they
 * are cut into reads. What is refused, and with which text, does not depend on the cuts either.
 *
 * <p><b>Text.</b> Where bytes of a client appear in a {@code String} ({@link io.creek.protocol.Request#text}, error
 * replies), each {@code char} is one byte (ISO-8859-1), so that an error gives back exactly what was sent.
 *
 * <p>No threads, no sockets, no clock; of Creek's packages, depends on the configuration's alone.
 */
@NullMarked
package io.creek.protocol;

import org.jspecify.annotations.NullMarked;
