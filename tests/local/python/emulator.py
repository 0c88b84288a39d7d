"""Starts the AWS emulator, made quick enough for tests.

The emulator waits a fixed while for the log lines of each invocation and looks at schedules every
ten seconds. Neither is part of what it emulates. What the functions log goes to the file that is
named as the only argument, the moment that it is logged.
"""

import socketserver
import sys

import ministack.app
import ministack.core.lambda_runtime as runtime
import ministack.services.scheduler as scheduler


class Tee:
    """A function's output that is also written to the log file."""

    def __init__(self, stream, log):
        self.stream = stream
        self.log = log

    def readline(self):
        while line := self.stream.readline():
            self.log.write(line)
            self.log.flush()
            # A usage report is not for people: the emulator need not keep it.
            if not line.startswith(b'{"usage"'):
                return line
        return b""

    def close(self):
        self.stream.close()


def main():
    log = open(sys.argv[1], "ab", buffering=0)
    pump = runtime.ProvidedWorker._pump_output

    def pump_and_keep(self, stream, log_queue):
        pump(self, Tee(stream, log), log_queue)

    runtime.ProvidedWorker._pump_output = pump_and_keep
    runtime.Worker._drain_stderr_bounded.__defaults__ = (0.002, 0.001, 0.050)
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    scheduler._SCHEDULE_TICK_INTERVAL = 0.5
    sys.argv = ["ministack"]
    ministack.app.main()


main()
