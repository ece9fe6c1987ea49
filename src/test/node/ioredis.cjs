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
  assert.strictEqual(await client.del('io:1', 'io:2', 'io:3'), 3);
  await client.quit();
}

use().then(() => console.log('done'));
