#!/usr/bin/python3
"""Serves the demo page on this machine alone."""

import argparse
import errno
import functools
import http.server
import os
import signal
import sys

# The folder that //demo:site makes, beside this program.
SITE = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "site")
# Not as the system's own tables have them, which may lack the later ones.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    "": "application/octet-stream",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    """The files of a folder, and nothing about it."""

    extensions_map = TYPES

    def guess_type(self, path):
        return TYPES.get(os.path.splitext(path)[1], TYPES[""])

    def end_headers(self):
        # A page that was built anew is seen at once; one that was not is not sent again.
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, path):
        self.send_error(404)

    def log_message(self, format, *args):
        pass


class Server(http.server.ThreadingHTTPServer):

    def handle_error(self, request, client_address):
        # Readers who leave while something is sent to them are no error.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def make_server(directory, port=0):
    """Serves the files in `directory` on the loopback interface, at a free port if `port` is 0. OSError if it is taken."""
    return Server(("127.0.0.1", port), functools.partial(Handler, directory=directory))


def port_number(text):
    """For argparse."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is no port; expected a number from 0 to 65535")
    return int(text)


def main():
    parser = argparse.ArgumentParser(
        prog="demo", allow_abbrev=False,
        description="Serves the demo page, on which you draw two digits, to browsers on this machine until Ctrl-C.")
    parser.add_argument("--port", type=port_number, default=0, help="the server's port; 0 for a free one [%(default)s]")
    options = parser.parse_args()
    if not os.path.isfile(os.path.join(SITE, "index.html")):
        sys.exit(f"demo: there is no page in {SITE}; start this with ./bazelw run //demo, which makes it")
    try:
        server = make_server(SITE, options.port)
    except OSError as error:
        advice = {
            errno.EADDRINUSE: "is taken by another program; give another one, or none for a free one",
            errno.EACCES: "is for the system's own servers; give one from 1024 on, or none for a free one",
        }.get(error.errno, f"cannot be used: {error.strerror}")
        sys.exit(f"demo: port {options.port} {advice}")
    # As Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server:
        try:
            print(f"Draw two digits at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends the server)", flush=True)
            server.serve_forever()
        except OSError as error:
            sys.exit(f"demo: the address cannot be printed: {error.strerror}")
        except KeyboardInterrupt:
            # Not in the line in which the terminal shows ^C.
            print()


if __name__ == "__main__":
    main()
