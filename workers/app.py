"""The Celery application. A message is a job's id; everything that matters is in MongoDB."""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu.entity import Exchange
from kombu.entity import Queue as BrokerQueue

from domain.jobs import Queue, speech_queue
from storage.settings import Settings

TASK = "callward.run"


def make_celery(settings: Settings) -> Celery:
    """Return a Celery app that publishes and consumes wake-ups, never results."""
    url = settings.broker_url.get_secret_value()
    app = Celery("callward", broker=url)
    app.conf.update(
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_default_queue=Queue.LANGUAGE.value,
        task_serializer="json",
        accept_content=["json"],
        # The job is claimed in MongoDB before any work: an early acknowledgement loses nothing, a late one would only
        # make Redis deliver a long job again while it runs.
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        **_for_broker(url, queue_names(settings)),
    )
    return app


def queue_names(settings: Settings) -> list[str]:
    """Return every queue: one for each kind of worker, and one for each further speech model."""
    return [*(queue.value for queue in Queue), *(speech_queue(name) for name in settings.speech_models)]


def _for_broker(url: str, names: list[str]) -> dict[str, Any]:
    """Return what differs by broker: quorum queues and publisher confirms on RabbitMQ, time-outs on Redis."""
    if url.startswith(("amqp", "pyamqp")):
        return {
            "task_queues": [_quorum_queue(name) for name in names],
            "worker_detect_quorum_queues": True,
            "broker_transport_options": {"confirm_publish": True},
        }
    return {
        "task_queues": [_queue_without_acknowledgements(name) for name in names],
        "broker_transport_options": {
            "socket_timeout": 15,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
    }


def _queue_without_acknowledgements(name: str) -> BrokerQueue:
    """Return a queue whose messages are gone once they are read: the job in MongoDB is what says that work is owed.

    An acknowledgement that Redis does not take, because it dies at that moment, is only logged by Celery; the message
    then fills the worker's prefetch count for good, and the worker never asks for another one.
    """
    exchange = Exchange(name, type="direct")  # type: ignore[no-untyped-call] # kombu annotates no functions
    return BrokerQueue(name, exchange, routing_key=name, no_ack=True)  # type: ignore[no-untyped-call] # as above


def _quorum_queue(name: str) -> BrokerQueue:
    exchange = Exchange(name, type="direct")  # type: ignore[no-untyped-call] # kombu annotates no functions
    arguments = {"x-queue-type": "quorum"}
    return BrokerQueue(name, exchange, routing_key=name, queue_arguments=arguments)  # type: ignore[no-untyped-call] # as above
