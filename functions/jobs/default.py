from kalit.jobs import default_queue
from kalit.jobs.work import Order
from kalit.kit import clock, queues
from kalit.kit.resources import Queue


@queues.consume(Queue.DEFAULT, uses=default_queue.WORK)
def handler(message: Order) -> None:
    """Do one of the small jobs: task_1, process_schedule, auto_task_runner or redrive."""
    default_queue.do(message.root, clock.now())
