#!/usr/bin/python3
"""The demo page in a browser: drawing, what the network sees of it, what it says, and what goes wrong.

Screenshots are among the test's outputs, to be looked at.
"""

import gzip
import json
import math
import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import numpy as np

from demo import demo
from tests.browser.browser import DESKTOP, PHONE, BrowserTest

SITE = os.path.abspath("demo/site")
MODEL = os.path.abspath("demo/network.model")
PREDICT = os.path.abspath("tools/predict")
GENERATE_PAIR_SETS = os.path.abspath("data/generate_pair_sets")

PADS = ["#first canvas", "#second canvas"]


def line(*corners, steps=6):
    points = [corners[0]]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:]):
        points += [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(1, steps + 1)]
    return points


def arc(x, y, width, height, start, end, steps=16):
    """Of an ellipse around (x, y), in degrees from the right, clockwise."""
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + width / 2 * math.cos(angle), y + height / 2 * math.sin(angle)) for angle in angles]


# Strokes in parts of a pad's side, from the top left.
DIGITS = {
    0: [arc(0.5, 0.5, 0.4, 0.64, -90, 270)],
    1: [line((0.52, 0.15), (0.48, 0.85))],
    2: [arc(0.5, 0.35, 0.4, 0.36, 190, 380) + line((0.65, 0.45), (0.28, 0.82), (0.75, 0.82))],
    3: [arc(0.48, 0.32, 0.4, 0.34, 200, 450) + arc(0.46, 0.66, 0.48, 0.4, 270, 520)],
    4: [line((0.35, 0.15), (0.28, 0.52), (0.72, 0.52)), line((0.62, 0.2), (0.6, 0.88))],
    5: [line((0.65, 0.18), (0.35, 0.18), (0.33, 0.45)) + arc(0.47, 0.63, 0.4, 0.4, 240, 500)],
    6: [line((0.6, 0.12), (0.42, 0.35)) + arc(0.47, 0.65, 0.38, 0.38, 200, 560)],
    7: [line((0.25, 0.2), (0.75, 0.2), (0.42, 0.85))],
    8: [arc(0.5, 0.32, 0.32, 0.3, -60, -330) + arc(0.5, 0.66, 0.4, 0.38, -90, 270)],
    9: [arc(0.5, 0.33, 0.34, 0.34, -20, 340) + line((0.66, 0.4), (0.62, 0.88))],
}
# What could be several digits.
DOUBTFUL = [
    [line((0.2, 0.3), (0.8, 0.7))],
    [line((0.3, 0.2), (0.7, 0.8)), line((0.7, 0.2), (0.3, 0.8))],
    [line((0.2, 0.5), (0.8, 0.5)), line((0.5, 0.2), (0.5, 0.8))],
    [arc(0.5, 0.3, 0.3, 0.3, 0, 300) + line((0.55, 0.45), (0.3, 0.85))],
    [line((0.3, 0.2), (0.3, 0.6), (0.6, 0.6), (0.6, 0.2), (0.6, 0.85))],
    [arc(0.5, 0.5, 0.5, 0.6, 100, 400)],
]


class Served:
    """A folder, served as ./bazelw run //demo does."""

    def __init__(self, directory):
        self.server = demo.make_server(directory)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class DemoPageTest(BrowserTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = Served(SITE)
        cls.addClassCleanup(cls.site.close)

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.browser.set_window(DESKTOP)
        self.browser.set_media()

    def wait(self, condition):
        """Until the JavaScript expression is true."""
        end = time.monotonic() + 60
        while not self.browser.run(f"return {condition}"):
            self.assertLess(time.monotonic(), end, condition)
            time.sleep(0.02)

    def wait_for_network(self):
        self.wait("document.getElementById('answer').textContent === 'Draw two digits.'")

    def open_page(self):
        self.browser.take_log()
        self.browser.take_requests()
        self.browser.driver.get(self.site.url)
        self.wait_for_network()
        self.wait("!document.getElementById('example').disabled")
        self.wait("document.getElementById('provenance').textContent")

    def tearDown(self):
        """Whatever a test did, the page found nothing wrong, and asked nobody else."""
        log = self.browser.take_log()
        requests = self.browser.take_requests()
        if not getattr(self, "expects_problems", False):
            self.assertEqual(log, [])
            self.assertEqual([url for url in requests if not url.startswith((self.site.url, "data:"))], [])

    def save_screenshot(self, name):
        # The bars have grown.
        time.sleep(0.2)
        self.browser.save_screenshot(os.path.join(self.outputs, f"demo_{name}.png"))

    def places(self, pad, points):
        box = self.browser.box(PADS[pad])
        return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]

    def draw(self, pad, strokes):
        """By mouse."""
        for stroke in strokes:
            places = self.places(pad, stroke)
            for i, (x, y) in enumerate(places):
                self.browser.command("Input.dispatchMouseEvent", type="mouseMoved" if i else "mousePressed", x=x, y=y,
                                     button="left", buttons=1, clickCount=1)
            x, y = places[-1]
            self.browser.command("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left", clickCount=1)

    def press(self, key, *, times=1, modifiers=0):
        codes = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, " ": 32, "Backspace": 8, "Delete": 46,
                 "Escape": 27, "Tab": 9}
        event = {"key": key, "modifiers": modifiers, "windowsVirtualKeyCode": codes.get(key) or ord(key.upper())}
        for _ in range(times):
            self.browser.command("Input.dispatchKeyEvent", type="keyDown", **event)
            self.browser.command("Input.dispatchKeyEvent", type="keyUp", **event)

    def click(self, selector):
        self.browser.run("document.querySelector(arguments[0]).click()", selector)

    def settle(self):
        """Until the network has answered for what is on the pads."""
        self.wait("document.getElementById('comparison').ariaBusy === 'false'")

    def answer(self):
        """The probability that first <= second, and the ten classes' of each digit, in full; None where there is none."""
        self.settle()
        values = self.browser.run("""
            const value = (data) => data.hasAttribute("value") ? Number(data.value) : null;
            return [value(document.getElementById("probability")),
                    ...["first", "second"].map((name) =>
                        [...document.querySelectorAll(`.classes[data-digit=${name}] data`)].map(value))];""")
        return values[0], [None if None in classes else classes for classes in values[1:]]

    def likeliest(self):
        """The digits that the page shows as the likeliest."""
        self.settle()
        return [self.browser.texts(f".classes[data-digit={name}] .likeliest .label") for name in ("first", "second")]

    def shown(self, pad, side):
        """What the page shows that the network sees."""
        name = ("first", "second")[pad]
        pixels = self.browser.run(f"""
            const canvas = document.querySelector(".seen[data-digit={name}] canvas[width='{side}']");
            return [...canvas.getContext("2d").getImageData(0, 0, {side}, {side}).data].filter((_, i) => i % 4 === 0);""")
        return np.array(pixels, np.uint8).reshape(side, side)

    def predict(self, pairs):
        """What our own program says of N×2×28×28 bytes."""
        file = os.path.join(self.directory, "pairs.npz")
        np.savez(file, test_input=pairs)
        result = subprocess.run([PREDICT, "--format=json", MODEL, file], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)["predictions"]

    def module(self, script, *arguments):
        """What an async function with this body and the arguments `values` returns; it may import the page's modules."""
        self.browser.driver.set_script_timeout(60)
        result = self.browser.driver.execute_async_script(f"""
            const done = arguments[arguments.length - 1];
            const values = [...arguments].slice(0, -1);
            (async () => {{ {script} }})().then(done, (error) => done({{error: String(error)}}));""", *arguments)
        if isinstance(result, dict) and "error" in result:
            self.fail(result["error"])
        return result

    def test_every_digit_by_mouse(self):
        self.open_page()
        for digit, strokes in DIGITS.items():
            self.draw(0, strokes)
            with self.subTest(digit):
                probability, (first, second) = self.answer()
                self.assertEqual(self.likeliest(), [[str(digit)], []])
                self.assertGreater(first[digit], 0.9)
                self.assertAlmostEqual(sum(first), 1, delta=1e-5)
                # Nothing is said of what is not drawn.
                self.assertIsNone(probability)
                self.assertIsNone(second)
                self.assertEqual(self.browser.text("#answer"), "Now draw the second digit.")
            self.click("#first .clear")
        self.assertEqual(self.answer(), (None, [None, None]))

    def test_one_and_seven(self):
        self.open_page()
        self.draw(0, DIGITS[1])
        self.draw(1, DIGITS[7])
        probability, _ = self.answer()
        self.assertGreater(probability, 0.95)
        self.assertEqual(self.likeliest(), [["1"], ["7"]])
        self.assertEqual(self.browser.text("#sign"), "≤")
        self.assertEqual(self.browser.text("#answer"), "The first is less than or equal to the second.")
        self.assertRegex(self.browser.text("#comparison .middle"), r"P\(first ≤ second\) (= 9\d\.\d|> 99\.9) %")
        self.wait("document.getElementById('announcement').textContent.includes('Second digit: 7')")
        self.save_screenshot("light")
        self.browser.set_media("dark")
        self.save_screenshot("dark")

        self.click("#clear-all")
        self.draw(0, DIGITS[7])
        self.draw(1, DIGITS[1])
        probability, _ = self.answer()
        self.assertLess(probability, 0.05)
        self.assertEqual(self.browser.text("#sign"), ">")
        self.assertEqual(self.browser.text("#answer"), "The first is greater than the second.")
        self.assertRegex(self.browser.text("#comparison .middle"), r"P\(first ≤ second\) (= [0-4]\.\d|< 0\.1) %")

    def test_answers_while_drawing(self):
        self.open_page()
        places = self.places(0, line((0.5, 0.2), (0.5, 0.8)))
        for i, (x, y) in enumerate(places):
            self.browser.command("Input.dispatchMouseEvent", type="mouseMoved" if i else "mousePressed", x=x, y=y,
                                 button="left", buttons=1, clickCount=1)
        # The button is still down.
        self.assertEqual(self.likeliest(), [["1"], []])
        self.browser.command("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left")

    def test_undo_and_clear(self):
        self.open_page()
        self.assertEqual(self.browser.count(".undo:disabled, .clear:disabled"), 4)
        self.draw(0, DIGITS[4])
        whole = self.shown(0, 28)
        self.click("#first .undo")
        self.settle()
        self.assertFalse(np.array_equal(self.shown(0, 28), whole))
        self.draw(0, DIGITS[4][1:])
        self.click("#first .clear")
        self.assertEqual(self.shown(0, 28).max(), 0)
        self.assertEqual(self.browser.count("#first .clear:disabled"), 1)
        # What was cleared can be had back.
        self.click("#first .undo")
        self.assertTrue(np.array_equal(self.shown(0, 28), whole))
        for _ in range(2):
            self.click("#first .undo")
        self.assertEqual(self.browser.count(".undo:disabled, .clear:disabled"), 4)

    def test_clearing_while_drawing(self):
        self.open_page()
        for selector in ("#first .clear", "#first .undo", "#example"):
            places = self.places(0, DIGITS[1][0])
            for i, (x, y) in enumerate(places):
                self.browser.command("Input.dispatchMouseEvent", type="mouseMoved" if i else "mousePressed", x=x, y=y,
                                     button="left", buttons=1, clickCount=1)
                if i == 3:
                    self.click(selector)
                    after = self.shown(0, 28)
            self.browser.command("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left")
            with self.subTest(selector):
                # The rest of the stroke is not drawn.
                self.assertTrue(np.array_equal(self.shown(0, 28), after))
                self.assertEqual(self.browser.count("#problem[hidden]"), 1)
            self.click("#clear-all")

    def test_touch(self):
        self.browser.set_window(PHONE)
        self.browser.command("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
        self.addCleanup(self.browser.command, "Emulation.setTouchEmulationEnabled", enabled=False)
        self.open_page()

        # Both at the same time, with two fingers.
        places = [self.places(pad, stroke) for pad, (stroke,) in enumerate([DIGITS[1], DIGITS[7]])]
        for i in range(max(map(len, places))):
            points = [{"x": path[min(i, len(path) - 1)][0], "y": path[min(i, len(path) - 1)][1], "id": finger}
                      for finger, path in enumerate(places)]
            self.browser.command("Input.dispatchTouchEvent", type="touchMove" if i else "touchStart", touchPoints=points)
        self.browser.command("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.assertEqual(self.likeliest(), [["1"], ["7"]])
        self.assertGreater(self.answer()[0], 0.95)
        # The page stayed where it was.
        self.assertEqual(self.browser.run("return scrollY"), 0)

    def test_phone(self):
        self.browser.set_window(PHONE)
        self.open_page()
        self.save_screenshot("phone_empty")
        self.click("#example")
        self.browser.run("document.querySelector('details').open = true")
        self.settle()
        self.assertEqual(self.browser.run("return document.documentElement.scrollWidth"), PHONE[0])
        for pad in PADS:
            box = self.browser.box(pad)
            self.assertGreater(box["width"], 130)
            self.assertAlmostEqual(box["width"], box["height"], delta=1)
        # Pads and answer are seen together.
        self.assertLess(self.browser.box("#comparison")["bottom"], PHONE[1])
        self.save_screenshot("phone")

    def test_keyboard(self):
        self.open_page()
        # From the top: the examples, clearing both, and the first pad.
        self.press("Tab", times=3)
        self.assertEqual(self.browser.run("return document.activeElement.getAttribute('aria-label')"), "First digit")
        self.assertEqual(self.browser.style(PADS[0], "outlineStyle"), "solid")

        # A one, from the top to the bottom.
        self.press("ArrowUp", times=2)
        self.assertEqual(self.answer(), (None, [None, None]))
        self.press(" ")
        self.press("ArrowDown", times=14)
        self.press(" ")
        # The pen is up: this draws nothing.
        seen = self.shown(0, 28)
        self.press("ArrowRight", times=4)
        self.assertTrue(np.array_equal(self.shown(0, 28), seen))
        self.assertEqual(self.likeliest(), [["1"], []])
        self.save_screenshot("keyboard")

        # Three buttons further is the second pad. A digit of MNIST, and another one.
        self.press("Tab", times=3)
        self.press("7")
        self.wait("document.querySelector('#second .source').textContent.endsWith('label 7')")
        one = self.shown(1, 28)
        self.press("7")
        self.assertFalse(np.array_equal(self.shown(1, 28), one))
        self.assertIsNotNone(self.answer()[0])
        self.wait("document.getElementById('announcement').textContent.startsWith('First digit: 1 ')")

        # Undo by both keys, then clear by all three.
        self.press("u")
        self.assertTrue(np.array_equal(self.shown(1, 28), one))
        self.press("z", modifiers=2)
        self.assertEqual(self.shown(1, 28).max(), 0)
        for key in ("Backspace", "Delete", "Escape"):
            self.press("7")
            self.assertGreater(self.shown(1, 28).max(), 0)
            self.press(key)
            with self.subTest(key):
                self.assertEqual(self.shown(1, 28).max(), 0)

    def test_oblique_and_small_steps(self):
        self.open_page()
        self.browser.run("document.querySelector(arguments[0]).focus()", PADS[0])
        self.press(" ")
        for key, code in (("ArrowRight", 39), ("ArrowDown", 40)):
            self.browser.command("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code)
        for _ in range(6):
            self.browser.command("Input.dispatchKeyEvent", type="keyDown", key="ArrowDown", windowsVirtualKeyCode=40)
        for key, code in (("ArrowRight", 39), ("ArrowDown", 40)):
            self.browser.command("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)
        # As wide as high, but for the first step, which only went to the right.
        rows, columns = np.nonzero(self.shown(0, 28))
        self.assertAlmostEqual(np.ptp(columns) / np.ptp(rows), 8 / 7, delta=0.1)

        self.press("Escape")
        self.press(" ")
        self.press("ArrowLeft", times=4, modifiers=8)
        self.press("ArrowUp", times=1)
        self.press(" ")
        # Four small steps are as long as a step.
        rows, columns = np.nonzero(self.shown(0, 28))
        self.assertEqual(np.ptp(columns), np.ptp(rows))

    def test_says_what_predict_says(self):
        self.open_page()
        answers = []
        pairs = []

        def take():
            answers.append(self.answer())
            pairs.append([self.shown(0, 28), self.shown(1, 28)])

        for _ in range(10):
            self.click("#example")
            take()
        # The same in both places, so that doubts about the digit are doubts about the comparison.
        for strokes in DOUBTFUL:
            self.click("#clear-all")
            self.draw(0, strokes)
            self.draw(1, strokes)
            take()
        for (probability, classes), prediction in zip(answers, self.predict(np.array(pairs))):
            self.assertAlmostEqual(probability, prediction["probability"], delta=1e-5)
            for name, probabilities in zip(["first", "second"], classes):
                # JSON leaves out the digit 0, as protobuf does.
                digit = prediction.get(f"{name}_digit", 0)
                self.assertEqual(np.argmax(probabilities), digit)
                self.assertAlmostEqual(probabilities[digit], prediction[f"{name}_probability"], delta=1e-5)
        # Numbers that are all next to 0 and 1 would agree with little.
        self.assertGreater(sum(0.02 < probability < 0.98 for probability, _ in answers), 2)

    def test_examples_are_mnists(self):
        self.open_page()
        self.click("#example")
        with gzip.open(os.path.join(SITE, "mnist/t10k-images-idx3-ubyte.gz")) as file:
            images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)
        with gzip.open(os.path.join(SITE, "mnist/t10k-labels-idx1-ubyte.gz")) as file:
            labels = np.frombuffer(file.read(), np.uint8, offset=8)
        for pad, name in enumerate(["first", "second"]):
            words = self.browser.text(f"#{name} .source").replace(",", "").split()
            number, label = int(words[3]), int(words[5])
            self.assertEqual(labels[number], label)
            # Untouched by what is done to drawings.
            self.assertTrue(np.array_equal(self.shown(pad, 28), images[number]))
        # Drawn on, it is a drawing.
        self.draw(0, DIGITS[1])
        self.assertEqual(self.browser.text("#first .source"), "")

    def test_shows_what_the_network_sees(self):
        self.open_page()
        self.draw(0, DIGITS[5])
        image = self.shown(0, 28)
        mean = image.reshape(14, 2, 14, 2).mean(axis=(1, 3))
        # Canvases round to bytes.
        np.testing.assert_allclose(self.shown(0, 14), mean, atol=0.5)

    def test_averages_as_the_pair_sets_do(self):
        file = os.path.join(self.directory, "pairs.npz")
        subprocess.run([GENERATE_PAIR_SETS, "--n=500", "--seed=3", f"--output={file}"], check=True, capture_output=True)
        with np.load(file) as arrays:
            expected = arrays["test_input"].reshape(-1, 196)
        self.open_page()
        # Which images they are of is not known, so they are looked for among all of the test set.
        missing = self.module("""
            const {average2x2} = await import("/preprocess.js");
            const {Mnist} = await import("/mnist.js");
            const mnist = await Mnist.load("/mnist");
            const averages = new Set();
            for (let i = 0; i < mnist.labels.length; ++i) averages.add(average2x2(mnist.get(i).pixels).join());
            return values[0].filter((average) => !averages.has(average.join())).length;""", expected.tolist())
        self.assertEqual(missing, 0)

    def test_drawings_become_as_mnist_is(self):
        # MNIST's images are what its makers' procedure gave, so that applied to them, enlarged and moved to a corner, the
        # same procedure gives them again. Of all 10,000 as they are, it gives 9,996: three are smaller than 20×20, and one
        # has its centre of mass at half a pixel.
        self.open_page()
        same = self.module("""
            const {likeMnist} = await import("/preprocess.js");
            const {Mnist} = await import("/mnist.js");
            const mnist = await Mnist.load("/mnist");
            const factor = 5, side = 28 * factor;
            let same = 0;
            for (let i = 0; i < 1000; ++i) {
              const {pixels} = mnist.get(i);
              const used = [...pixels.keys()].filter((k) => pixels[k]);
              const left = Math.min(...used.map((k) => k % 28)), top = Math.floor(used[0] / 28);
              const ink = new Uint8Array(side * side);
              for (let y = top * factor; y < side; ++y) {
                for (let x = left * factor; x < side; ++x) {
                  ink[(y - top * factor) * side + x - left * factor] =
                      pixels[Math.floor(y / factor) * 28 + Math.floor(x / factor)];
                }
              }
              const image = likeMnist(ink, side);
              if (image.every((value, k) => value === pixels[k])) ++same;
            }
            return same;""")
        self.assertGreaterEqual(same, 998)

    def test_preprocessing_of_simple_shapes(self):
        self.open_page()

        def like_mnist(left, top, width, height):
            """Of a filled rectangle on 280×280."""
            image = self.module("""
                const {likeMnist} = await import("/preprocess.js");
                const [left, top, width, height] = values;
                const ink = new Uint8Array(280 * 280);
                for (let y = top; y < top + height; ++y) ink.fill(255, y * 280 + left, y * 280 + left + width);
                const image = likeMnist(ink, 280);
                return image && [...image];""", left, top, width, height)
            return image and np.array(image).reshape(28, 28)

        self.assertIsNone(like_mnist(0, 0, 0, 0))
        # To 20 pixels, wherever it is; pixel 14 is the centre, so that 20 pixels begin at round(14 - 9.5) and 10 at
        # round(14 - 4.5), halves being rounded up.
        for left, top in [(0, 0), (80, 17), (180, 229)]:
            image = like_mnist(left, top, 100, 50)
            expected = np.zeros((28, 28))
            expected[10:20, 5:25] = 255
            np.testing.assert_array_equal(image, expected)
        # 60 becomes 20 × 60 / 200 = 6.
        image = like_mnist(40, 30, 60, 200)
        expected = np.zeros((28, 28))
        expected[5:25, 12:18] = 255
        np.testing.assert_array_equal(image, expected)
        # Parts of pixels: 130 × 20 / 200 = 13, and 30 × 20 / 160 = 3.75.
        self.assertEqual(like_mnist(0, 0, 200, 130).sum(), 20 * 13 * 255)
        np.testing.assert_array_equal(like_mnist(9, 9, 30, 160)[14][like_mnist(9, 9, 30, 160)[14] > 0],
                                      [255, 255, 255, round(0.75 * 255)])
        # A dot is not enlarged as a digit is: 0.3 × 280 are 20 pixels, so 21 are 5.
        image = like_mnist(100, 100, 21, 21)
        self.assertEqual(image.sum(), 25 * 255)

    def test_provenance_is_the_records(self):
        self.open_page()
        with open(os.path.join(SITE, "network/network.json"), encoding="utf-8") as file:
            record = json.load(file)
        errors = record["errors"]["test"]
        text = self.browser.text("#provenance")
        wrong, total = int(errors["wrong"]), int(errors["total"])
        self.assertIn(f"Of {total:,} pairs", text)
        self.assertIn(f"compares {wrong:,} ({100 * wrong / total:.2f} %) wrongly", text)
        self.assertIn(f"{int(record['parameter_count']):,} parameters", text)
        # A network to be proud of.
        self.assertLess(wrong / total, 0.01)

    def open_broken(self, breaking):
        """Opens a copy of the page, in whose folder `breaking` has been at work."""
        self.expects_problems = True
        directory = os.path.join(self.directory, "site")
        shutil.copytree(SITE, directory, copy_function=shutil.copyfile)
        for path, _, _ in os.walk(directory):
            os.chmod(path, 0o755)
        breaking(directory)
        served = Served(directory)
        self.addCleanup(served.close)
        self.browser.driver.get(served.url)

    def expect_problem(self, title, detail=""):
        self.wait("!document.getElementById('problem').hidden")
        self.assertEqual(self.browser.text("#problem h2"), title)
        self.assertIn(detail, self.browser.text("#problem .detail"))
        # And what to do.
        self.assertIn("./bazelw run //demo", self.browser.text("#problem p:not(.detail)"))

    def expect_drawing_without_answers(self):
        self.draw(0, DIGITS[3])
        self.assertGreater(self.shown(0, 28).max(), 0)
        self.assertEqual(self.browser.style("#taken-for", "display"), "none")

    def test_model_is_missing(self):
        self.open_broken(lambda site: os.remove(os.path.join(site, "network/network.onnx")))
        self.expect_problem("The network is missing", "network/network.onnx: the server answers 404")
        self.expect_drawing_without_answers()
        self.save_screenshot("model_missing")

    def test_model_is_unreadable(self):
        def cut(site):
            path = os.path.join(site, "network/network.onnx")
            os.truncate(path, os.path.getsize(path) // 2)

        self.open_broken(cut)
        self.expect_problem("The network cannot be used", "network/network.onnx: ")
        self.expect_drawing_without_answers()

    def test_runtime_is_missing(self):
        for file in ("ort-wasm-simd-threaded.wasm", "ort.wasm.bundle.min.mjs"):
            with self.subTest(file):
                shutil.rmtree(os.path.join(self.directory, "site"), ignore_errors=True)
                self.open_broken(lambda site, file=file: os.remove(os.path.join(site, "onnxruntime", file)))
                self.expect_problem("ONNX Runtime is missing")
                self.expect_drawing_without_answers()

    def test_script_is_missing(self):
        self.open_broken(lambda site: os.remove(os.path.join(site, "pad.js")))
        self.expect_problem("A part of this page is missing", "main.js")
        self.assertEqual(self.browser.style("main", "display"), "none")

    def test_without_mnist(self):
        self.open_broken(lambda site: shutil.rmtree(os.path.join(site, "mnist")))
        self.wait_for_network()
        self.wait("document.getElementById('example').title.includes('404')")
        self.draw(0, DIGITS[1])
        self.assertEqual(self.likeliest(), [["1"], []])
        self.assertEqual(self.browser.count("#example:disabled"), 1)
        self.press("3")
        self.assertEqual(self.likeliest(), [["1"], []])
        self.assertEqual(self.browser.count("#problem[hidden]"), 1)

    def test_server_that_unpacks(self):
        def unpack(site):
            for file in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
                path = os.path.join(site, "mnist", file)
                with gzip.open(path) as packed:
                    data = packed.read()
                with open(path, "wb") as unpacked:
                    unpacked.write(data)

        self.open_broken(unpack)
        self.wait("!document.getElementById('example').disabled")
        self.click("#example")
        self.assertGreater(self.shown(0, 28).max(), 0)

    def test_without_webassembly(self):
        script = self.browser.command("Page.addScriptToEvaluateOnNewDocument", source="delete window.WebAssembly;")
        self.addCleanup(self.browser.command, "Page.removeScriptToEvaluateOnNewDocument", **script)
        self.expects_problems = True
        self.browser.driver.get(self.site.url)
        self.wait("!document.getElementById('problem').hidden")
        self.assertEqual(self.browser.text("#problem h2"), "This browser has no WebAssembly")
        self.expect_drawing_without_answers()

    def test_opened_as_a_file(self):
        self.expects_problems = True
        self.browser.driver.get(f"file://{SITE}/index.html")
        self.expect_problem("This page has to come from a web server")
        self.assertEqual(self.browser.style("main", "display"), "none")
        self.save_screenshot("file")

    def test_without_javascript(self):
        self.browser.command("Emulation.setScriptExecutionDisabled", value=True)
        self.addCleanup(self.browser.command, "Emulation.setScriptExecutionDisabled", value=False)
        self.browser.driver.get(self.site.url)
        self.assertIn("JavaScript, which is switched off", self.browser.driver.find_element("css selector", "body").text)


if __name__ == "__main__":
    unittest.main()
