"""Headless Chromium, as a reader has it: one window on one page."""

import base64
import json
import os
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

DESKTOP = (1100, 900)
PHONE = (360, 740)


class Browser:

    def __init__(self, directory):
        """`directory` is for the browser's own files."""
        options = Options()
        for argument in [
                "--headless=new",
                # Chromium's sandbox does not work for root; the pages are our own.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={directory}",
        ]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        # Focus counts, though nobody looks at the window.
        self.command("Emulation.setFocusEmulationEnabled", enabled=True)
        self.set_window(DESKTOP)

    def quit(self):
        self.driver.quit()

    def command(self, name, **parameters):
        """Of Chrome's DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def set_window(self, size):
        width, height = size
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                     mobile=size == PHONE)

    def set_media(self, scheme="light", media=""):
        self.command("Emulation.setEmulatedMedia", media=media,
                     features=[{"name": "prefers-color-scheme", "value": scheme}])

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def open(self, path):
        """Shows the file and waits until its plots are drawn."""
        self.take_log()
        self.take_requests()
        self.driver.get(f"file://{path}")
        self.wait_for_plots()

    def wait_for_plots(self):
        self.driver.set_script_timeout(20)
        self.driver.execute_async_script("""
            const done = arguments[0];
            (function wait() {
              const plots = [...document.querySelectorAll("section:not([hidden]) .plot")];
              if (plots.every((plot) => plot.querySelector("svg"))) requestAnimationFrame(() => done());
              else setTimeout(wait, 10);
            })();""")

    def count(self, selector):
        return self.run("return document.querySelectorAll(arguments[0]).length", selector)

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector)

    def text(self, selector):
        (text,) = self.texts(selector)
        return text

    def style(self, selector, name):
        return self.run("return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]", selector, name)

    def box(self, selector):
        """Of the first element, in the window: x, y, width, height."""
        return self.run("return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector)

    def take_log(self):
        """What the page has said on the console since the last call, and errors."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def take_requests(self):
        """The addresses that were asked for since the last call."""
        messages = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        return [message["params"]["request"]["url"] for message in messages
                if message["method"] == "Network.requestWillBeSent"]

    def move_mouse(self, x, y):
        self.command("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def tap(self, x, y):
        self.command("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def press(self, key):
        codes = {"Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
                 "ArrowDown": 40}
        text = {"text": "\r"} if key == "Enter" else {}
        self.command("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=codes[key], **text)
        self.command("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=codes[key])

    def save_screenshot(self, path):
        """Of the whole page."""
        size = self.command("Page.getLayoutMetrics")["cssContentSize"]
        picture = self.command("Page.captureScreenshot", captureBeyondViewport=True,
                               clip={**size, "x": 0, "y": 0, "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))

    def save_pdf(self, path):
        """As it is printed."""
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.command("Page.printToPDF", preferCSSPageSize=False)["data"]))


class BrowserTest(unittest.TestCase):
    """Tests with one `browser`, which leave pictures in `outputs`."""

    @classmethod
    def setUpClass(cls):
        cls.outputs = os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR", tempfile.gettempdir())
        profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(profile.cleanup)
        os.environ["HOME"] = profile.name
        cls.browser = Browser(profile.name)
        cls.addClassCleanup(cls.browser.quit)
