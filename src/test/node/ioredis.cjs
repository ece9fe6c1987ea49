// ioredis with its defaults. Prints "done" when every answer was right.
const assert = require('node:assert');
const Redis = require('ioredis');

async function use() {
  const client = new Redis(Number(process.argv[2]), '127.0.0.1');
  assert.strictEqual(await client.set('io', 'Alice'), 'OK');
  assert.strictEqual(await client.get('io'), 'Alice');
  assert.strictEqual(await client.expire('io', 100), 1);
  assert.strictEqual(await client.ttl('io'), 100);
  const pipeline = client.pipeline();
  for (let i = 0; i < 100; i++) {
    pipeline.set(`io:${i}`, i).get(`io:${i}`);
  }
  const answers = await pipeline.exec();
  for (let i = 0; i < 100; i++) {
    assert.deepStrictEqual(answers[2 * i], [null, 'OK']);
    assert.deepStrictEqual(answers[2 * i + 1], [null, String(i)]);
  }
  assert.strictEqual(await client.get('nobody'), null);
  const transaction = await client.multi().incr('io:n').incrby('io:n', 4).exec();
  assert.deepStrictEqual(transaction, [[null, 1], [null, 5]]);
  const other = client.duplicate();
  await other.watch('io:n');
  await client.set('io:n', 6);
  assert.strictEqual(await other.multi().set('io:n', 7).exec(), null);
  await other.quit();
  const found = new Set();
  for await (const keys of client.scanStream({ match: 'io:*', count: 7 })) {
    keys.forEach((key) => found.add(key));
  }
  assert.strictEqual(found.size, 101);
  assert.strictEqual(await client.del('io:n'), 1);
  assert.strictEqual(await client.del('io:1', 'io:2', 'io:3'), 3);
  await client.quit();
}

use().then(() => console.log('done'));
