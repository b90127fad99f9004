"""What the broker's address decides: durable queues on RabbitMQ, time-outs on Redis."""

from __future__ import annotations

from storage.settings import Settings
from workers.app import make_celery


def celery_for(url: str) -> dict[str, object]:
    return dict(make_celery(Settings(mongo_url="mongodb://localhost", broker_url=url)).conf)


def test_rabbitmq_gets_quorum_queues_and_publisher_confirms() -> None:
    conf = celery_for("amqp://guest@localhost//")
    queues = {queue.name: queue.queue_arguments for queue in conf["task_queues"]}  # type: ignore[attr-defined]
    assert queues == {queue: {"x-queue-type": "quorum"} for queue in ("speech", "language", "ingest")}
    assert conf["broker_transport_options"] == {"confirm_publish": True}


def test_redis_gets_time_outs_so_that_a_silent_broker_is_noticed() -> None:
    options = celery_for("redis://localhost:6379/0")["broker_transport_options"]
    assert options["socket_timeout"] == 15  # type: ignore[index]
    assert options["health_check_interval"] == 10  # type: ignore[index]


def test_a_redis_that_dies_under_an_acknowledgement_cannot_fill_a_prefetch_count_for_good() -> None:
    queues = celery_for("redis://localhost:6379/0")["task_queues"]
    assert [queue.no_ack for queue in queues] == [True, True, True]  # type: ignore[attr-defined]
