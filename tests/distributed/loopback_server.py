"""A server on this machine, for the time of a test."""

import os
import signal
import socket
import subprocess
import time


class LoopbackServer:
    """What `program PORT DIRECTORY` starts, on a port that nothing else listens on."""

    def __init__(self, program, directory):
        self._command = [os.path.abspath(program)]
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self._command += [str(self.port), directory]
        self._process = None
        self.start()

    def start(self):
        """Starts it, again after `kill`, and waits until it answers."""
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def kill(self):
        """Ends it, and all that it has started, at once."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
