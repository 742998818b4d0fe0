"""What stands in for Kafka on a machine without Java? The cluster built into librdkafka, as a process of its own.

Prints host:port and serves until it is stopped. Enough for a look: one member a group, about 5 MiB a partition, and
everything is forgotten when it stops.
"""

from confluent_kafka import Producer


def serve() -> None:
    cluster = Producer({"test.mock.num.brokers": 1, "log_level": 0})
    print(
        ",".join(f"{broker.host}:{broker.port}" for broker in cluster.list_topics(timeout=5).brokers.values()),
        flush=True,
    )
    while True:
        cluster.poll(1)


if __name__ == "__main__":
    serve()
