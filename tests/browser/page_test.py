#!/usr/bin/python3
"""The page in a browser: what it shows, against the records that it is made of.

Screenshots are among the test's outputs, to be looked at.
"""

import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

from records import tfrecord
from tests.browser.browser import DESKTOP, PHONE, BrowserTest

STATS = os.path.abspath("tools/stats")
DIGIT_PAIRS = os.path.abspath("experiments/digit_pairs")
ARCHITECTURES = ["convnet", "convnet_shared", "convnet_aux", "convnet_shared_aux"]
LONG_NAME = "an_architecture_whose_name_says_everything_that_there_is_to_say_about_it_"
# Text that would do something if it were taken for HTML or for JavaScript.
HOSTILE_NAME = "</script><script>document.title = 'owned'</script><img src=x onerror=alert(1)>&lt;\u2028'\"${1}"


def quoted(text):
    """In protobuf's text format."""
    return '"' + "".join("\\%03o" % byte for byte in text.encode()) + '"'


def record(architecture, round_number, test_wrong=None, more=""):
    """A RunRecord in text format; diverged without `test_wrong`."""
    outcome = "status: DIVERGED stopped_epoch: 3 stopped_step: 7"
    if test_wrong is not None:
        outcome = (f"status: FINISHED errors {{ test {{ wrong: {test_wrong} total: 1000 }} "
                   "train { wrong: 2 total: 1000 } }")
    return f"""schema_version: 1 study_name: "browser_test" study_seed: 18446744073709551615 round: {round_number}
        architecture {{ name: {quoted(architecture)} }} training {{ epochs: 2 batch_size: 100 }}
        train_pairs: 1000 test_pairs: 1000 data_hash: {round_number + 1} parameter_count: 70342 {outcome} {more}
        environment {{ start_time_ms: 1764078307123 training_seconds: 1.5 host: "laboratory" }}"""


def epochs(round_number, test_wrong):
    """Two epochs with losses and test errors, of which the last epoch's counts."""
    return "".join(
        f"epochs {{ comparison_loss: {loss + 0.01 * round_number} test {{ wrong: {wrong} total: 1000 }} }} "
        for loss, wrong in [(0.7, 400 + 10 * round_number), (0.6, test_wrong)])


# Black, but for two pixels of the first image.
MISTAKE = "mistakes { pair: 17 first_digit: 7 second_digit: 3 answer: true probability: 0.75 pixels: \"%s\" }" % (
    "\\377" + "\\000" * 14 + "\\177" + "\\000" * 376)


def study(names, rounds, diverged=()):
    """Records of `rounds` rounds of each architecture, of which those (index, round) diverged."""
    records = []
    for index, name in enumerate(names):
        for number in range(rounds):
            wrong = 50 + 30 * index + (7 * number + 3 * index) % 10
            if (index, number) in diverged:
                records.append(record(name, number))
            else:
                records.append(record(name, number, wrong, epochs(number, wrong) + MISTAKE))
    return records


class PageTest(BrowserTest):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.browser.set_window(DESKTOP)
        self.browser.set_media()

    def make_page(self, records, *flags):
        """Writes the records and their page; returns the page's path."""
        payloads = [
            subprocess.run(["protoc", "--encode=minidl.proto.RunRecord", "proto/run_record.proto"],
                           input=text.encode(), capture_output=True, check=True).stdout for text in records
        ]
        file = os.path.join(self.directory, "out.tfrecord")
        with open(file, "wb") as output:
            output.write(b"".join(tfrecord.frame(payload) for payload in payloads))
        page = os.path.join(self.directory, "page.html")
        result = subprocess.run([STATS, f"--html={page}", *flags, file], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.stats = result.stdout
        return page

    def open_page(self, records, *flags):
        page = self.make_page(records, *flags)
        self.browser.open(page)
        self.expect_quiet(page)
        return page

    def expect_quiet(self, page):
        """Nothing on the console, and no request but for the file itself."""
        self.assertEqual(self.browser.take_log(), [])
        requests = [address for address in self.browser.take_requests() if not address.startswith("data:")]
        self.assertEqual(set(requests), {f"file://{page}"})

    def save_screenshot(self, name):
        self.browser.save_screenshot(os.path.join(self.outputs, f"{name}.png"))

    def expect_fits(self):
        """No part of the page is wider than the window."""
        self.assertLessEqual(*self.browser.run(
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"))

    def tooltip(self):
        """The tooltip's text; "" while there is none."""
        return self.browser.run("const t = document.getElementById('tooltip'); return t.hidden ? '' : t.textContent")

    def test_marks_are_the_records(self):
        diverged = {(1, 2), (1, 5), (3, 0)}
        self.open_page(study(ARCHITECTURES, 10, diverged))
        browser = self.browser
        self.assertEqual(browser.count("#errors .rounds_marks path"), 40 - 3)
        self.assertEqual(browser.count("#errors .unused_marks path"), 3)
        self.assertEqual(browser.count("#errors .mark-rect.role-mark path"), 2 * 4)  # Boxes and their medians.
        self.assertEqual(browser.count("#errors .means_marks path"), 4)
        # Rounds that both have: 10 less those that either lacks.
        pairs = [(a, b) for b in range(4) for a in range(b)]
        common = [10 - len({r for i, r in diverged if i in pair}) for pair in pairs]
        self.assertEqual(browser.count("#differences .differences_marks path"), sum(common))
        self.assertEqual(browser.count("#differences .means_marks path"), len(pairs))
        self.assertEqual(browser.count("#curves .mark-line path"), 4)
        self.assertEqual(browser.count("#curves .mark-area path"), 4)
        self.assertEqual(browser.count("#architectures tbody tr"), 4)
        self.assertEqual(browser.count("#rounds tbody tr"), 40)
        self.assertEqual(browser.count("#differences tbody tr"), len(pairs))
        # Where they are: the errors' order is the dots' from left to right.
        wrong = [50 + 7 * number % 10 for number in range(10)]
        places = browser.run("""return [...document.querySelectorAll("#errors .rounds_marks path")].slice(0, 10)
            .map((dot) => dot.getBoundingClientRect().x)""")
        self.assertEqual(sorted(range(10), key=wrong.__getitem__), sorted(range(10), key=places.__getitem__))
        self.save_screenshot("desktop")

    def test_numbers_are_those_of_stats(self):
        # Means of 12.125 and 3.375, which are ties, and round to even.
        wrong = [[120, 125, 120, 120], [35, 30, 35, 35]]
        self.open_page([record(name, number, wrong[index][number])
                        for index, name in enumerate(ARCHITECTURES[:2]) for number in range(4)])
        browser = self.browser
        shown = browser.texts("#architectures tbody td")
        for name in ARCHITECTURES[:2]:
            (line,) = re.findall(rf"(?m)^{name} +\d.*±.*$", self.stats)
            for cell in re.split(r" {2,}", line)[1:]:
                self.assertIn(cell, shown)
        self.assertIn("12.12 ± 0.25", shown)
        words = re.sub(r"\s+", " ", self.stats)
        self.assertIn("mean difference −8.75 points", browser.text("#headline"))
        self.assertIn(browser.text("#headline").replace("−", "-"), words)
        self.assertEqual(browser.text("#differences td.sentence"), browser.text("#headline"))
        for text in browser.texts("#lints li"):
            self.assertIn(text.split(": ", 1)[1].split(". ")[0], words)

    def test_ties_are_rounded_as_by_printf(self):
        self.open_page(study(["a"], 2))
        for value in [0.125, 0.375, 0.625, 2.5, 3.125, -0.125, 15.825, 3.225, 1e6 + 0.5, 0.005, 0.0]:
            for decimals in [0, 2]:
                shown = self.browser.run("return formatFixed(arguments[0], arguments[1])", value, decimals)
                # Python's, like C's, rounds the exact value, ties to even.
                self.assertEqual(shown.replace("−", "-"), f"{value:.{decimals}f}")
        for p, text in [(1, "1"), (0.001953125, "0.00195"), (0.0001, "0.0001"), (9.9e-5, "<0.0001"), (0.05, "0.05")]:
            self.assertEqual(self.browser.run("return formatProbability(arguments[0])", p), text)

    def test_tables_sort_by_mouse_and_keyboard(self):
        self.open_page(study(ARCHITECTURES, 3))
        browser = self.browser
        names = lambda: browser.texts("#architectures tbody th")
        sorting = lambda: browser.run("""return [...document.querySelectorAll("#architectures thead th")]
            .map((header) => header.getAttribute("aria-sort"))""")
        self.assertEqual(names(), sorted(ARCHITECTURES))
        self.assertEqual(set(sorting()), {None})
        browser.run('document.querySelector("#architectures").scrollIntoView()')
        box = browser.box("#architectures thead th:nth-child(4) button")
        self.assertIn("test error", browser.text("#architectures thead th:nth-child(4)"))
        browser.click(box["x"] + 5, box["y"] + 5)
        self.assertEqual(names(), ARCHITECTURES)
        self.assertEqual(sorting()[3], "ascending")
        browser.press("Enter")  # On the button, which has the focus.
        self.assertEqual(names(), ARCHITECTURES[::-1])
        self.assertEqual(sorting()[3], "descending")
        self.assertEqual(sorting().count(None), len(sorting()) - 1)

    def test_rows_without_a_value_come_last(self):
        self.open_page(study(ARCHITECTURES, 2, diverged={(0, 0), (0, 1)}))
        for expected in ["ascending", "descending"]:
            self.browser.run('document.querySelector("#architectures thead th:nth-child(4) button").click()')
            header = '#architectures thead th:nth-child(4)'
            self.assertEqual(self.browser.run("return document.querySelector(arguments[0]).ariaSort", header), expected)
            self.assertEqual(self.browser.texts("#architectures tbody th")[-1], "convnet")

    def test_the_record_behind_a_point(self):
        self.open_page(study(ARCHITECTURES, 3, diverged={(1, 1)}))
        browser = self.browser
        browser.run('document.querySelector("#errors").scrollIntoView()')
        box = browser.box("#errors .rounds_marks path")
        # Near it is enough.
        browser.move_mouse(box["x"] + 10, box["y"] + 10)
        self.assertRegex(
            self.tooltip(), r"^convnetround\d.*seed18446744073709551615.*test error5\.\d0 % \(5\d of 1,000\)"
            r".*started2025-11-25 13:45:07 UTC.*onlaboratory")
        # The same round in the other architectures, and in the differences.
        self.assertGreater(browser.count("#errors .dot.same-round"), 1)
        self.assertGreater(browser.count("#differences .dot.same-round"), 1)
        browser.move_mouse(1, 1)
        self.assertEqual(self.tooltip(), "")
        self.assertEqual(browser.count(".dot.same-round"), 0)

        browser.run('document.querySelector("#errors .dot[tabindex=\'0\']").focus()')
        first = self.tooltip()
        self.assertRegex(first, "^convnetround")
        browser.press("ArrowRight")
        second = self.tooltip()
        self.assertNotEqual(second, first)
        browser.press("ArrowLeft")
        self.assertEqual(self.tooltip(), first)
        browser.press("ArrowDown")
        self.assertRegex(self.tooltip(), "^convnet_aux")
        self.assertEqual(re.search(r"round\d", self.tooltip())[0], re.search(r"round\d", first)[0])
        browser.press("End")
        self.assertRegex(self.tooltip(), "^convnet_shared_auxround")
        browser.press("Escape")
        self.assertEqual(self.tooltip(), "")

        browser.run('document.querySelector("#errors .unused_marks path").focus()')
        self.assertRegex(self.tooltip(), "^convnet_sharedround1.*does not countdiverged in epoch 3, step 7: not finite")

    def test_a_round_at_chance_does_not_count(self):
        records = study(ARCHITECTURES[:2], 3)
        records[1] = records[1].replace("status: FINISHED", "status: DIVERGED divergence: AT_CHANCE")
        self.open_page(records)
        browser = self.browser
        self.assertEqual(browser.count("#errors .rounds_marks path"), 5)
        self.assertEqual(browser.count("#errors .unused_marks path"), 1)
        browser.run('document.querySelector("#errors .unused_marks path").focus()')
        self.assertRegex(self.tooltip(), "^convnetround1.*test error5.70 %.*does not countdiverged: stuck at chance")

    def test_a_finger_finds_the_record(self):
        self.browser.set_window(PHONE)
        self.open_page(study(ARCHITECTURES, 3))
        self.browser.run('document.querySelector("#errors-plot").scrollIntoView()')
        box = self.browser.box("#errors .rounds_marks path")
        self.browser.tap(box["x"] + 18, box["y"] + 18)
        self.assertRegex(self.tooltip(), "^convnetround")
        tooltip = self.browser.box("#tooltip")
        self.assertGreaterEqual(tooltip["x"], 0)
        self.assertLessEqual(tooltip["x"] + tooltip["width"], PHONE[0])

    def test_curves(self):
        self.open_page(study(ARCHITECTURES, 3))
        browser = self.browser
        self.assertIn("mean ± standard deviation (n−1)", browser.text("#curves-note"))
        self.assertEqual(browser.texts("#curves-metric option"),
                         ["test error", "loss of the comparison, as seen while training"])
        # convnet's first epoch: 40, 41, 42 %; its last: 5.0, 5.7, 5.4 %.
        self.assertEqual(browser.texts("#curves tbody tr:nth-child(1) td")[0], "41.00 ± 1.00")
        self.assertEqual(browser.texts("#curves tbody tr:nth-child(2) td")[0], "5.37 ± 0.35")
        browser.run('document.querySelector("#curves-plot").focus()')
        browser.press("End")
        self.assertRegex(self.tooltip(), r"^epoch 2convnet5\.37 ± 0\.35 %, 3 rounds")
        browser.run('document.querySelector("#curves-shown input").click()')
        browser.wait_for_plots()
        self.assertEqual(browser.count("#curves .mark-line path"), 3)
        browser.run("""const select = document.getElementById("curves-metric");
            select.selectedIndex = 1; select.dispatchEvent(new Event("change"))""")
        browser.wait_for_plots()
        self.assertIn("0.6100 ± 0.0100", browser.texts("#curves tbody td"))
        self.assertEqual(browser.take_log(), [])

    def test_mistakes_are_pictures(self):
        self.open_page(study(["a", "b"], 3))
        self.assertEqual(self.browser.count("#mistakes figure"), 3)
        self.assertRegex(self.browser.texts("#mistakes figcaption")[0], "^said 7 ≤ 3, 75.0 % sure; round 0, pair 17$")
        pixels = self.browser.run("""const canvas = document.querySelector("#mistakes canvas");
            return [canvas.width, canvas.height, ...canvas.getContext("2d").getImageData(0, 0, 28, 14).data]""")
        self.assertEqual(pixels[:2], [28, 14])
        bright = {index // 4: value for index, value in enumerate(pixels[2:]) if index % 4 == 0 and value > 0}
        # The first pixel of its first row and the second of its second.
        self.assertEqual(bright, {0: 255, 28 + 1: 127})

    def test_dark_and_light(self):
        self.open_page(study(ARCHITECTURES, 10))
        selectors = [("body", "backgroundColor"), ("body", "color"), ("#errors .rounds_marks path", "fill"),
                     ("#errors .role-axis-label text", "fill"), ("#differences .means_marks path", "stroke"),
                     ("#curves .mark-line path", "stroke")]
        light = [self.browser.style(*selector) for selector in selectors]
        self.browser.set_media("dark")
        dark = [self.browser.style(*selector) for selector in selectors]
        self.save_screenshot("desktop_dark")
        for selector, one, other in zip(selectors, light, dark):
            self.assertNotEqual(one, other, selector)
        self.assertEqual(light[0], "rgb(255, 255, 255)")
        # What is printed is light in any case.
        self.browser.set_media("dark", media="print")
        self.assertEqual([self.browser.style(*selector) for selector in selectors], light)

    def test_phone(self):
        self.browser.set_window(PHONE)
        self.open_page(study([LONG_NAME + str(i) for i in range(12)], 15, diverged={(2, 3)}))
        self.expect_fits()
        self.assertEqual(self.browser.count("#errors .rounds_marks path"), 12 * 15 - 1)
        # Narrower than the window, wider than half of it.
        for plot in ["errors", "differences", "curves"]:
            width = self.browser.box(f"#{plot}-plot svg")["width"]
            self.assertTrue(PHONE[0] / 2 < width <= PHONE[0], (plot, width))
        for details in range(3):
            self.browser.run('document.querySelectorAll("details")[arguments[0]].open = true', details)
        self.expect_fits()
        self.save_screenshot("phone")
        # Turned, it uses the room.
        self.browser.set_window((740, 360))
        self.browser.wait_for_plots()
        time.sleep(0.5)
        self.assertGreater(self.browser.box("#errors svg")["width"], PHONE[0])
        self.expect_fits()

    def test_print(self):
        self.open_page(study(ARCHITECTURES, 10))
        path = os.path.join(self.outputs, "print.pdf")
        self.browser.save_pdf(path)
        self.assertGreater(os.path.getsize(path), 10000)
        self.browser.set_media(media="print")
        # A page of A4 is 794 px wide.
        self.browser.set_window((794, 1123))
        self.expect_fits()
        self.assertEqual(self.browser.style("#curves-shown input", "display"), "none")
        self.save_screenshot("print")

    def test_names_are_text(self):
        page = self.open_page(study([HOSTILE_NAME, "b"], 2))
        self.assertEqual(self.browser.driver.title, "browser_test: results")
        self.assertIn(HOSTILE_NAME, self.browser.texts("#architectures tbody th"))
        self.assertEqual(self.browser.count("img"), 0)
        with open(page, encoding="utf-8", newline="") as file:
            self.assertNotIn(HOSTILE_NAME, file.read())

    def test_degenerate_studies(self):
        for name, records in [
            ("one_round", study(["convnet"], 1)),
            ("all_diverged", study(ARCHITECTURES[:2], 3, {(i, r) for i in range(2) for r in range(3)})),
            ("one_of_two_diverged", study(ARCHITECTURES[:2], 1, {(1, 0)})),
            ("all_the_same", [record(name, number, 100) for name in "ab" for number in range(5)]),
        ]:
            with self.subTest(name):
                self.open_page(records)
                self.assertNotEqual(self.browser.text("#headline"), "")
                for text in self.browser.texts("body main"):
                    self.assertNotRegex(text, r"undefined|NaN|Infinity|\[object")
                self.save_screenshot(name)

    def test_plots_have_descriptions(self):
        self.open_page(study(ARCHITECTURES, 2, {(0, 0)}))
        browser = self.browser
        for plot in ["errors", "differences", "curves"]:
            self.assertNotIn(browser.run("return document.querySelector(arguments[0]).ariaLabel", f"#{plot}-plot"),
                             [None, ""])
        labels = browser.run('return [...document.querySelectorAll(".dot")].map((dot) => dot.ariaLabel)')
        self.assertIn("convnet, round 1: test error 5.70 %", labels)
        self.assertIn("convnet, round 0: diverged in epoch 3, step 7: not finite", labels)
        self.assertNotIn(None, labels)
        # One stop of the Tab key for each plot.
        self.assertEqual(browser.count('#errors .dot[tabindex="0"]'), 1)
        self.assertEqual(browser.count('#differences .dot[tabindex="0"]'), 1)
        self.assertEqual(browser.run("""return [...document.querySelectorAll("select, input, progress")]
            .filter((control) => control.labels.length === 0 && !control.hasAttribute("aria-labelledby")).length"""), 0)

    def test_four_hundred_records_are_fast_and_do_not_move(self):
        page = self.make_page(study([f"architecture_{i:02}" for i in range(20)], 20))
        print(f"{os.path.getsize(page):,} bytes for 400 records")
        self.assertLess(os.path.getsize(page), 2_000_000)
        self.browser.open(page)
        self.assertEqual(self.browser.count("#errors .rounds_marks path"), 400)
        # Which comparisons are shown, out of 190, is up to the reader.
        self.assertEqual(self.browser.count("#differences .means_marks path"), 19)
        drawn, shift = self.browser.driver.execute_async_script("""
            const done = arguments[0];
            const drawn = performance.now();
            new PerformanceObserver((list) => {
              done([drawn, list.getEntries().reduce((sum, entry) => sum + entry.value, 0)]);
            }).observe({ type: "layout-shift", buffered: true });
            setTimeout(() => done([drawn, 0]), 1000);""")
        print(f"drawn {drawn:.0f} ms after navigation began; layout shift {shift:.4f}")
        self.assertLess(drawn, 5000)
        self.assertLess(shift, 0.01)

    def test_page_follows_a_running_study(self):
        page = os.path.join(self.directory, "live.html")
        process = subprocess.Popen(
            [DIGIT_PAIRS, f"--html={page}", f"--output={self.directory}/live.tfrecord", "--rounds=1000", "--epochs=1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if line.startswith("[9/"):
                break
        browser = self.browser
        browser.open(page)
        progress = lambda: int(re.search(r"Running: (\d+) of 4,000 rounds", browser.text("#progress-text"))[1])
        first = progress()
        browser.run('document.querySelector("#architectures thead th:nth-child(4) button").click()')
        browser.run('document.querySelector("#architectures").scrollIntoView()')
        deadline = time.monotonic() + 60
        while browser.run("return performance.now()") > 1500 or progress() == first:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
            browser.wait_for_plots()
        self.assertGreater(progress(), first)
        # What the reader has done is still so.
        self.assertEqual(browser.run("return document.querySelector('#architectures [aria-sort]').cellIndex"), 3)
        self.assertAlmostEqual(browser.box("#architectures")["y"], 0, delta=2)

        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        while not browser.text("#progress-text").startswith("Interrupted: "):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        browser.wait_for_plots()
        loaded = browser.run("return performance.timeOrigin")
        time.sleep(3)  # Longer than between reloads.
        self.assertEqual(browser.run("return performance.timeOrigin"), loaded)
        self.expect_quiet(page)


if __name__ == "__main__":
    unittest.main()
