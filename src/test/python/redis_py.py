"""redis-py with its defaults. Prints "done" when every answer was right."""

import sys

import redis

client = redis.Redis(host="127.0.0.1", port=int(sys.argv[1]))
assert client.set("py", "Alice", ex=100)
assert client.get("py") == b"Alice"
assert client.expire("py", 200)
assert 198 < client.ttl("py") <= 200
assert client.get("nobody") is None

pipeline = client.pipeline(transaction=False)
for i in range(100):
    pipeline.set(f"py:{i}", i).get(f"py:{i}")
answers = pipeline.execute()
for i in range(100):
    assert answers[2 * i] is True
    assert answers[2 * i + 1] == str(i).encode()

assert client.pipeline().incr("py:n").incrby("py:n", 4).execute() == [1, 5]


def double(transaction):
    value = int(transaction.get("py:n"))
    transaction.multi()
    transaction.set("py:n", value * 2)


assert client.transaction(double, "py:n") == [True]
assert client.get("py:n") == b"10"

with client.pipeline() as transaction:
    transaction.watch("py:n")
    client.set("py:n", 11)
    transaction.multi()
    transaction.set("py:n", 12)
    try:
        transaction.execute()
        raise AssertionError("a watched key had changed")
    except redis.WatchError:
        pass

assert sorted(client.scan_iter(match="py:*", count=7)) == sorted([f"py:{i}".encode() for i in range(100)] + [b"py:n"])
assert client.delete(*client.scan_iter(match="py:*")) == 101
assert client.info("server")["redis_version"] == "7.2.4"
assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
assert any(each["id"] == str(client.client_id()) for each in client.client_list())
assert isinstance(client.slowlog_get(), list)
print("done")
