#!/usr/bin/python3
"""The server of the page, with a page of the test's own."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

FILES = {
    "index.html": b"<!DOCTYPE html>",
    "style.css": b"p {}",
    "main.js": b"export {};",
    "folder/module.mjs": b"export {};",
    "folder/runtime.wasm": b"\0asm",
    "folder/images.gz": b"\x1f\x8b",
    "folder/network.onnx": b"\x08",
    "folder/network.json": b"{}",
}
TYPES = {
    "": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "main.js": "text/javascript; charset=utf-8",
    "folder/module.mjs": "text/javascript; charset=utf-8",
    # Browsers compile no WebAssembly of another type while it comes.
    "folder/runtime.wasm": "application/wasm",
    "folder/images.gz": "application/gzip",
    "folder/network.onnx": "application/octet-stream",
    "folder/network.json": "application/json",
}


class ServerTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.program = shutil.copy("demo/demo.py", self.directory)
        for path, contents in FILES.items():
            path = os.path.join(self.directory, "site", path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(contents)

    def run_program(self, *arguments):
        return subprocess.run([self.program, *arguments], capture_output=True, text=True, check=False)

    def start(self, *arguments):
        """The running program, and the port that it prints."""
        program = subprocess.Popen([self.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.stderr.close)
        match = re.fullmatch(r"Draw two digits at http://127\.0\.0\.1:(\d+)/ \(Ctrl-C ends the server\)\n",
                             program.stdout.readline())
        return program, int(match.group(1))

    def get(self, port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        self.addCleanup(connection.close)
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers, response.read()

    def test_serves_files_as_what_they_are(self):
        _, port = self.start()
        for path, content_type in TYPES.items():
            status, headers, body = self.get(port, "/" + path)
            with self.subTest(path):
                self.assertEqual(status, 200)
                self.assertEqual(headers["Content-Type"], content_type)
                self.assertIsNone(headers["Content-Encoding"])
                self.assertEqual(headers["Cache-Control"], "no-cache")
                self.assertEqual(body, FILES[path or "index.html"])

    def test_serves_nothing_else(self):
        _, port = self.start()
        for path in ["/missing.onnx", "/folder/", "/../demo.py", "/%2e%2e/demo.py"]:
            with self.subTest(path):
                self.assertEqual(self.get(port, path)[0], 404)

    def test_other_machines_reach_nothing(self):
        _, port = self.start()
        with socket.socket() as other:
            # Loopback too, but not the address that the server is bound to.
            self.assertNotEqual(other.connect_ex(("127.0.0.2", port)), 0)

    def test_ctrl_c_ends_it_quietly(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            program, port = self.start()
            self.assertEqual(self.get(port, "/")[0], 200)
            program.send_signal(number)
            output, errors = program.communicate()
            with self.subTest(number):
                self.assertEqual((program.returncode, output.strip(), errors), (0, "", ""))

    def test_port(self):
        _, port = self.start()
        result = self.run_program(f"--port={port}")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, f"demo: port {port} is taken by another program; give another one, or none for "
                         "a free one\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            number = free.getsockname()[1]
        self.assertEqual(self.start(f"--port={number}")[1], number)

    def test_wrong_command_lines(self):
        for arguments, message in [
            (["--port=many"], "'many' is no port; expected a number from 0 to 65535"),
            (["--port=-1"], "'-1' is no port"),
            (["--port=65536"], "'65536' is no port"),
            (["--p=8000"], "unrecognized arguments: --p=8000"),
            (["page"], "unrecognized arguments: page"),
        ]:
            result = self.run_program(*arguments)
            with self.subTest(arguments):
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(message, result.stderr)

    def test_help(self):
        result = self.run_program("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("--port", result.stdout)

    def test_without_the_page(self):
        shutil.rmtree(os.path.join(self.directory, "site"))
        result = self.run_program()
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("./bazelw run //demo", result.stderr)


if __name__ == "__main__":
    unittest.main()
