"""Clock of the no-op benchmarks: processes start, import and warm up; then the clock runs from one signal to the last end."""

import multiprocessing
import time


def _process(setup, arguments, count, warm_up, barrier):
    trial = setup(*arguments)
    for _ in range(warm_up):
        trial()
    barrier.wait()
    for _ in range(count):
        trial()


def clock(setup, arguments, count, processes=2, warm_up=10):
    """Runs what `setup(*arguments)` returns `count` times over all processes; returns seconds."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes + 1)
    share = count // processes
    children = [
        context.Process(target=_process, args=(setup, arguments, share, warm_up, barrier)) for _ in range(processes)
    ]
    for child in children:
        child.start()
    barrier.wait()
    started = time.perf_counter()
    for child in children:
        child.join()
        if child.exitcode != 0:
            raise SystemExit(f"a process ended with code {child.exitcode}")
    return time.perf_counter() - started
