#!/usr/bin/python3
"""Events and XML here are what Bazel 4.2.3 and GoogleTest 1.12 write."""

import json
import os
import subprocess
import tempfile
import unittest

from tools.ci import test_summary

GOOGLETEST_XML = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" disabled="1" errors="0" name="AllTests">
  <testsuite name="A" tests="4" failures="1" disabled="1" skipped="1">
    <testcase name="Ok" status="run" result="completed" classname="A" />
    <testcase name="Off" status="notrun" result="suppressed" classname="A" />
    <testcase name="Skip" status="run" result="skipped" classname="A">
      <skipped message="a_test.cc:2&#x0A;"><![CDATA[a_test.cc:2]]></skipped>
    </testcase>
    <testcase name="Bad" status="run" result="completed" classname="A">
      <failure message="a_test.cc:3" type=""><![CDATA[a_test.cc:3]]></failure>
    </testcase>
  </testsuite>
</testsuites>
"""

ONE_PASSES_XML = """<testsuites>
  <testsuite name="A" tests="1" failures="0">
    <testcase name="Ok" status="run" result="completed" classname="A" />
  </testsuite>
</testsuites>
"""

# Of a script that passes, and of one that fails, crashes or takes too long.
SCRIPT_XML = """<testsuites>
  <testsuite name="a/b_test" tests="1" failures="0" errors="0">
    <testcase name="a/b_test" status="run" duration="0" time="0"></testcase>
  </testsuite>
</testsuites>
"""
FAILED_SCRIPT_XML = """<testsuites>
  <testsuite name="a/b_test" tests="1" failures="0" errors="1">
    <testcase name="a/b_test" status="run" duration="3" time="3">
      <error message="exited with error code 142"></error>
    </testcase>
  </testsuite>
</testsuites>
"""

SUCCESS = {'overallSuccess': True, 'exitCode': {'name': 'SUCCESS'}}
TESTS_FAILED = {'exitCode': {'name': 'TESTS_FAILED', 'code': 3}}
BUILD_FAILURE = {'exitCode': {'name': 'BUILD_FAILURE', 'code': 1}}


def finished(event):
    return {'id': {'buildFinished': {}}, 'finished': event}


def completed(label, success):
    return {
        'id': {'targetCompleted': {'label': label}},
        'completed': {'success': True} if success else {},
    }


class TestSummaryTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix='a b')
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def result(self, label, status, xml, shard=1, attempt=1):
        name = f'{label.replace("/", "_")}_{shard}_{attempt}.xml'
        path = os.path.join(self.directory, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(xml)
        return {
            'id': {
                'testResult': {
                    'label': label,
                    'run': 1,
                    'shard': shard,
                    'attempt': attempt,
                }
            },
            'testResult': {
                'status': status,
                'testActionOutput': [
                    {'name': 'test.log', 'uri': 'file:///none'},
                    {
                        'name': 'test.xml',
                        'uri': 'file://' + path.replace(' ', '%20'),
                    },
                ],
            },
        }

    def report(self, *events):
        lines = [json.dumps(event) for event in events]
        return test_summary.summarize(lines).report()

    def test_cases_are_counted_by_outcome(self):
        self.assertEqual(
            self.report(
                completed('//a:a_test', True),
                self.result('//a:a_test', 'FAILED', GOOGLETEST_XML),
                completed('//a:b_test', True),
                self.result('//a:b_test', 'PASSED', SCRIPT_XML),
                finished(TESTS_FAILED)),
            'FAILED: //a:a_test A.Bad\n2 passed, 1 failed, 2 skipped')

    def test_same_names_in_two_targets_are_two_cases(self):
        self.assertEqual(
            self.report(
                self.result('//a:a_test', 'PASSED', ONE_PASSES_XML),
                self.result('//b:a_test', 'PASSED', ONE_PASSES_XML),
                finished(SUCCESS)),
            '2 passed, 0 failed')

    def test_failed_scripts_are_one_case(self):
        self.assertEqual(
            self.report(
                self.result('//a:b_test', 'TIMEOUT', FAILED_SCRIPT_XML),
                finished(TESTS_FAILED)),
            'FAILED: //a:b_test a/b_test\n0 passed, 1 failed')

    # As after a leak, which is found when all cases have passed.
    def test_a_test_that_fails_without_a_failed_case(self):
        self.assertEqual(
            self.report(
                self.result('//a:a_test', 'FAILED', ONE_PASSES_XML),
                finished(TESTS_FAILED)),
            'FAILED: //a:a_test FAILED\n1 passed, 1 failed')

    def test_torn_xml(self):
        self.assertEqual(
            self.report(
                self.result('//a:a_test', 'FAILED', ONE_PASSES_XML[:50]),
                finished(TESTS_FAILED)),
            'FAILED: //a:a_test FAILED\n0 passed, 1 failed')

    def test_shards_add_up(self):
        second = ONE_PASSES_XML.replace('Ok', 'Second')
        left_out = ONE_PASSES_XML.replace('"run"', '"notrun"')
        self.assertEqual(
            self.report(
                self.result('//a:a_test', 'PASSED', ONE_PASSES_XML, shard=1),
                self.result('//a:a_test', 'PASSED', second, shard=2),
                self.result('//a:a_test', 'PASSED', left_out, shard=3),
                finished(SUCCESS)),
            '2 passed, 0 failed')

    def test_the_last_attempt_counts(self):
        self.assertEqual(
            self.report(
                self.result('//a:b_test', 'FAILED', FAILED_SCRIPT_XML),
                self.result('//a:b_test', 'PASSED', SCRIPT_XML, attempt=2),
                finished(SUCCESS)),
            '1 passed, 0 failed')

    def test_targets_that_do_not_build(self):
        self.assertEqual(
            self.report(
                completed('//a:library', False),
                {
                    'id': {'targetCompleted': {'label': '//a:a_test'}},
                    'aborted': {'reason': 'ANALYSIS_FAILURE'},
                },
                self.result('//a:b_test', 'PASSED', SCRIPT_XML),
                finished(BUILD_FAILURE)),
            'FAILED: //a:library does not build\n'
            'FAILED: //a:a_test does not build\n'
            '1 passed, 2 failed')

    # As when a BUILD file does not load: no event names it.
    def test_failures_of_bazel_itself(self):
        self.assertEqual(
            self.report(
                self.result('//a:b_test', 'PASSED', SCRIPT_XML),
                finished(BUILD_FAILURE)),
            'FAILED: bazel: BUILD_FAILURE\n1 passed, 1 failed')

    def test_a_bazel_that_was_killed(self):
        self.assertEqual(
            self.report(self.result('//a:b_test', 'PASSED', SCRIPT_XML)),
            'FAILED: bazel stopped before it had finished\n'
            '1 passed, 1 failed')


class ProgramTest(unittest.TestCase):

    def run_program(self, *events):
        with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
            file.writelines(json.dumps(event) + '\n' for event in events)
            file.flush()
            return subprocess.run(['tools/ci/test_summary.py', file.name],
                                  stdout=subprocess.PIPE, check=False,
                                  encoding='utf-8')

    def test_failures_are_in_the_exit_code(self):
        run = self.run_program(completed('//a', False), finished(BUILD_FAILURE))
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stdout.splitlines()[-1], '0 passed, 1 failed')

    def test_no_test_is_a_failure(self):
        run = self.run_program(completed('//a', True), finished(SUCCESS))
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stdout, '0 passed, 0 failed\n')


if __name__ == '__main__':
    unittest.main()
