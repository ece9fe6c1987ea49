// node-redis with its defaults: RESP2, then RESP3. Prints "done" when every answer was right.
const assert = require('node:assert');
const { createClient } = require('redis');

async function use(RESP) {
  const client = createClient({ url: `redis://127.0.0.1:${process.argv[2]}`, RESP });
  client.on('error', (e) => { throw e; });
  await client.connect();
  assert.strictEqual(await client.set('node', 'Alice'), 'OK');
  assert.strictEqual(await client.get('node'), 'Alice');
  assert.ok(await client.expire('node', 100));
  assert.strictEqual(await client.ttl('node'), 100);
  const sent = [];
  for (let i = 0; i < 100; i++) {
    sent.push(client.set(`node:${i}`, String(i)), client.get(`node:${i}`));
  }
  const answers = await Promise.all(sent);
  for (let i = 0; i < 100; i++) {
    assert.strictEqual(answers[2 * i], 'OK');
    assert.strictEqual(answers[2 * i + 1], String(i));
  }
  assert.strictEqual(await client.get('nobody'), null);
  assert.deepStrictEqual(await client.multi().incr('node:n').incrBy('node:n', 4).exec(), [1, 5]);
  const other = client.duplicate();
  await other.connect();
  await other.watch('node:n');
  await client.set('node:n', '6');
  await assert.rejects(other.multi().set('node:n', '7').exec(), /WatchError|watched keys/i);
  await other.close();
  const found = new Set();
  for await (const keys of client.scanIterator({ MATCH: 'node:*', COUNT: 7 })) {
    keys.forEach((key) => found.add(key));
  }
  assert.strictEqual(found.size, 101);
  assert.strictEqual(await client.del('node:n'), 1);
  assert.strictEqual(await client.del(['node:1', 'node:2', 'node:3']), 3);
  await client.close();
}

use(2).then(() => use(3)).then(() => console.log('done'));
