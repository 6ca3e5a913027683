#!/usr/bin/python3
"""Counts the test cases of a `bazel test` from its build event file.

    bazel test --keep_going --build_event_json_file=events.json //...
    tools/ci/test_summary.py events.json

Prints a line for everything that failed, and last `N passed, N failed`, with
`, N skipped` when there are any. Exits with 1 if something failed or nothing
passed.

A test that writes no XML of its own (a script) is one case, because Bazel then
writes the XML. What fails without a case that says so is one more failure: a
target that does not build, a leak found at exit, a Bazel that stopped early.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree

# Outcomes of a case, from weak to strong: a case that one shard leaves out and
# another one runs has run.
SKIPPED, PASSED, FAILED = range(3)


class Summary:
    """What a `bazel test` left."""

    def __init__(self):
        # (label, name) of every case, to its outcome.
        self.cases = {}
        # What failed without being a case.
        self.failures = []

    @property
    def passed(self):
        return self._count(PASSED)

    @property
    def failed(self):
        return self._count(FAILED) + len(self.failures)

    @property
    def skipped(self):
        return self._count(SKIPPED)

    def report(self):
        """A line for every failure, then the totals."""
        lines = [
            f'FAILED: {label} {name}'
            for (label, name), outcome in sorted(self.cases.items())
            if outcome == FAILED
        ]
        lines += [f'FAILED: {failure}' for failure in self.failures]
        totals = f'{self.passed} passed, {self.failed} failed'
        if self.skipped:
            totals += f', {self.skipped} skipped'
        return '\n'.join(lines + [totals])

    def _count(self, outcome):
        return list(self.cases.values()).count(outcome)


def summarize(lines):
    """Summarizes a build event file, given its lines: one event in each."""
    summary = Summary()
    results = {}  # (label, run, shard) to the result of its last attempt.
    exit_code = None
    for line in lines:
        event = json.loads(line)
        event_id = event['id']
        if 'testResult' in event_id and 'testResult' in event:
            key = event_id['testResult']
            results[key['label'], key.get('run'),
                    key.get('shard')] = event['testResult']
        elif 'targetCompleted' in event_id:
            if not event.get('completed', {}).get('success', False):
                label = event_id['targetCompleted']['label']
                summary.failures.append(f'{label} does not build')
        elif 'finished' in event:
            # Fields that are 0 are left out.
            exit_code = event['finished'].get('exitCode', {})
    for (label, _, _), result in results.items():
        _add_result(summary, label, result)
    if exit_code is None:
        summary.failures.append('bazel stopped before it had finished')
    elif exit_code.get('code', 0) != 0 and summary.failed == 0:
        summary.failures.append(f'bazel: {exit_code.get("name")}')
    return summary


def _add_result(summary, label, result):
    """Adds what one run of one shard of a test left."""
    outcomes = {
        (label, _name(case)): _outcome(case) for case in _cases(result)
    }
    for key, outcome in outcomes.items():
        summary.cases[key] = max(outcome, summary.cases.get(key, SKIPPED))
    if result['status'] != 'PASSED' and FAILED not in outcomes.values():
        summary.failures.append(f'{label} {result["status"]}')


def _cases(result):
    """The elements of a result's test.xml, one for each case."""
    for output in result.get('testActionOutput', []):
        if output['name'] == 'test.xml':
            path = urllib.parse.urlparse(output['uri']).path
            try:
                tree = xml.etree.ElementTree.parse(urllib.parse.unquote(path))
            except (OSError, xml.etree.ElementTree.ParseError):
                return []
            return list(tree.iter('testcase'))
    return []


def _name(case):
    return '.'.join(
        filter(None, [case.get('classname'), case.get('name')]))


def _outcome(case):
    if case.find('failure') is not None or case.find('error') is not None:
        return FAILED
    # GoogleTest's words: "notrun" for disabled cases and those of other
    # shards, "skipped" for GTEST_SKIP().
    if case.get('status') == 'notrun' or case.get('result') == 'skipped':
        return SKIPPED
    return PASSED


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: test_summary.py BUILD_EVENT_JSON_FILE')
    with open(sys.argv[1], encoding='utf-8') as lines:
        summary = summarize(lines)
    print(summary.report())
    sys.exit(0 if summary.failed == 0 and summary.passed > 0 else 1)


if __name__ == '__main__':
    main()
