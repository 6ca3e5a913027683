#!/usr/bin/python3
"""Has NumPy, and archives that lie, write what the programs read, and NumPy read what they write."""

import io
import os
import pickle
import struct
import subprocess
import tempfile
import unittest
import zipfile
import zlib

import numpy as np

COPY = os.path.abspath("data/copy_sets_testutil")

# What a process may take that refuses a file: much less than the files promise, and more than the sanitizers add.
MAX_MEMORY = 300 << 20


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npy_header(text, version=1):
    """What stands before the elements of an array of numpy.save."""
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode()


def pair_sets():
    generator = np.random.default_rng(0)
    arrays = {}
    for part, size in ("train", 5), ("test", 3):
        classes = generator.integers(0, 10, (size, 2))
        arrays[part + "_input"] = generator.uniform(0, 255, (size, 2, 14, 14)).astype(np.float32)
        arrays[part + "_target"] = (classes[:, 0] <= classes[:, 1]).astype(np.int64)
        arrays[part + "_classes"] = classes
    return arrays


def disk_sets():
    generator = np.random.default_rng(1)
    arrays = {}
    for part, size in ("train", 50), ("test", 30):
        arrays[part + "_input"] = generator.random((size, 2), np.float32)
        arrays[part + "_target"] = generator.integers(0, 2, size)
    return arrays


class NumPyTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = directory.name + "/in.npz"
        self.copied = directory.name + "/out.npz"

    def copy(self, kind):
        """The process's stderr and exit code, once it is known to have taken little memory."""
        with open(self.path + ".err", "w+", encoding="utf-8") as stderr:
            process = subprocess.Popen([COPY, kind, self.path, self.copied], stderr=stderr)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertLess(usage.ru_maxrss * 1024, MAX_MEMORY)
            stderr.seek(0)
            return stderr.read(), process.returncode

    def write(self, contents):
        with open(self.path, "wb") as file:
            file.write(contents)

    def write_zip(self, entries, method=zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(self.path, "w", method) as archive:
            for name, contents in entries:
                archive.writestr(name, contents)

    def patch(self, *changes):
        """Changes bytes of the file, at their last or only place."""
        with open(self.path, "rb") as file:
            contents = file.read()
        for old, new in changes:
            self.assertIn(old, contents)
            contents = contents.replace(old, new)
        self.write(contents)

    def expect_copied(self, kind, arrays):
        self.assertEqual(self.copy(kind), ("", 0))
        with np.load(self.copied) as archive:
            self.assertEqual(archive.files, list(arrays))
            for name, array in arrays.items():
                self.assertEqual(archive[name].dtype, array.dtype)
                np.testing.assert_array_equal(archive[name], array)
        os.remove(self.copied)

    def expect_refused(self, message, kind="disk"):
        stderr, returncode = self.copy(kind)
        self.assertIn(self.path + ": " + message, stderr)
        self.assertEqual(returncode, 1, stderr)
        self.assertLess(len(stderr), 1000)
        self.assertTrue(stderr.isprintable() or stderr[:-1].isprintable(), ascii(stderr))
        self.assertFalse(os.path.exists(self.copied))

    def expect_disk_refused(self, message, **changes):
        np.savez(self.path, **{**disk_sets(), **changes})
        self.expect_refused(message)

    def test_both_ways(self):
        for kind, arrays in ("pairs", pair_sets()), ("disk", disk_sets()):
            for save in np.savez, np.savez_compressed:
                with self.subTest(kind=kind, save=save.__name__):
                    save(self.path, **arrays)
                    self.expect_copied(kind, arrays)

    def test_other_types_of_the_same_numbers(self):
        arrays = pair_sets()
        for part in "train", "test":
            arrays[part + "_input"] = np.round(arrays[part + "_input"])
        for dtype in np.uint8, np.int64:
            changed = {
                name: array.astype(dtype if name.endswith("_input") else np.uint8) for name, array in arrays.items()
            }
            np.savez(self.path, **changed)
            self.expect_copied("pairs", arrays)

    def test_images_of_mnists_size_are_averaged(self):
        arrays = pair_sets()
        large = {}
        for name, array in arrays.items():
            large[name] = array.repeat(2, 2).repeat(2, 3) if name.endswith("_input") else array
        np.savez(self.path, **large)
        self.expect_copied("pairs", arrays)

    def test_arrays_of_another_kind_are_refused_by_name(self):
        points = disk_sets()["test_input"]
        labels = disk_sets()["test_target"]
        self.expect_disk_refused('array "test_input": it is in Fortran order; expected C order',
                                 test_input=np.asfortranarray(points))
        # Of an array of one dimension, both orders are the same, and NumPy calls it C.
        for dtype, found in [(">f4", ">f4"), ("<f8", "<f8"), ("<f2", "<f2"), ("<c8", "<c8"), ("<i4", "<i4"),
                             ("?", "|b1"), ("S3", "|S3"), ("<U3", "<U3")]:
            self.expect_disk_refused(
                f'array "test_input": the type is {found}; expected float32 (<f4), uint8 (|u1) or int64 (<i8)',
                test_input=points.astype(dtype))
        for dtype in ">i8", "<i4", "<u8", "<f4":
            self.expect_disk_refused(
                f'array "test_target": the type is {dtype}; expected uint8 (|u1) or int64 (<i8)',
                test_target=labels.astype(dtype))
        self.expect_disk_refused('array "test_target": expected a header of one number type, found',
                                 test_target=np.zeros(30, [("a", "<i8"), ("b", "<f4")]))
        self.expect_disk_refused('array "test_target": the type is |O, Python objects in a pickle; expected uint8',
                                 test_target=labels.astype(object))
        self.expect_disk_refused('array "test_input" has shape [2, 30]; expected [N, 2]',
                                 test_input=np.ascontiguousarray(points.T))
        self.expect_disk_refused('array "test_input" has a coordinate of nan; expected 0 to 1',
                                 test_input=points * np.float32("nan"))
        self.expect_disk_refused('array "classes" is not one of a disk set; expected train_input', classes=labels)
        arrays = disk_sets()
        del arrays["train_target"]
        np.savez(self.path, **arrays)
        self.expect_refused('array "train_target" is missing; expected train_input, train_target, ')
        np.savez(self.path, disk_sets()["train_input"])
        self.expect_refused('array "train_input" is missing')

    def test_files_of_another_kind_are_refused(self):
        expected = "expected an .npz archive of NumPy, "
        self.write(npy(np.zeros(3)))
        self.expect_refused(expected + "as numpy.savez writes it, found a single array, as numpy.save writes it")
        self.write(pickle.dumps({"train_input": 1}))
        self.expect_refused(expected + "as numpy.savez writes it, found a pickle")
        self.write(b"\x1b[31mred")
        self.expect_refused(expected + r'as numpy.savez writes it, found the bytes "\x1b[31mred"')
        self.write(b"")
        self.expect_refused(expected + "as numpy.savez writes it, found an empty file")
        # As torch.save's.
        self.write_zip([("archive/data.pkl", b"\x80\x02}q\x00.")])
        self.expect_refused(expected + 'found a zip file without arrays, but with "archive/data.pkl"')
        self.write_zip([])
        self.expect_refused(expected + "found a zip file without arrays")
        os.remove(self.path)
        self.expect_refused("cannot open")
        os.mkdir(self.path)
        self.expect_refused(expected + "found a directory")
        os.rmdir(self.path)

    def test_entries_of_another_kind_are_refused(self):
        others = [(name + ".npy", npy(array)) for name, array in disk_sets().items() if name != "train_input"]
        for message, contents in [
            ("found a pickle", pickle.dumps([1, 2, 3])),
            ("it is cut short", b"\x93NUM"),
            ("it is cut short", b"\x93NUMPY\1\0\x80\0{'descr'"),
            ("found the bytes", b"hello, world"),
            ("the .npy format version is 255; expected 1, 2 or 3", b"\x93NUMPY\xff\0\0\0"),
        ]:
            self.write_zip([("train_input.npy", contents), *others])
            stderr, returncode = self.copy("disk")
            self.assertIn(f'{self.path}: array "train_input": ', stderr)
            self.assertIn(message, stderr)
            self.assertEqual(returncode, 1)

    def write_first_array(self, contents, method=zipfile.ZIP_DEFLATED):
        others = [(name + ".npy", npy(array)) for name, array in disk_sets().items() if name != "train_input"]
        self.write_zip([("train_input.npy", contents), *others], method)

    def test_a_header_of_four_gigabytes_is_refused(self):
        text = "{'descr': '<f4', 'fortran_order': False, 'shape': (50, 2), }\n"
        header = npy_header(text, version=2)
        self.write_first_array(header + bytes(400))
        self.assertEqual(self.copy("disk"), ("", 0))
        os.remove(self.copied)
        self.write_first_array(header.replace(struct.pack("<I", len(text)), b"\xff\xff\xff\xff") + bytes(400))
        self.expect_refused('array "train_input": the header has 4294967295 bytes; expected at most 65536')

    def test_huge_shapes_are_refused(self):
        for shape in [
            "(4611686018427387904, 4)",  # 2^64 elements, 0 in 64 bits.
            "(6148914691236517206, 3)",  # 2^64 + 2.
            "(2305843009213693952, 2)",  # 2^64 bytes.
            "(4611686018427387904, 4611686018427387904, 0)",
            "(268435457,)",
            "(1, 1, 1, 1, 1, 1, 1, 1, 2)",
            "(" + "1, " * 10000 + ")",
        ]:
            with self.subTest(shape[:60]):
                self.write_first_array(
                    npy_header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n") + bytes(8))
                self.expect_refused('array "train_input": the shape is [')
        for shape in "(99999999999999999999,)", "(-1, 2)", "(0x10,)", "(2", "", "2":
            with self.subTest(shape):
                self.write_first_array(
                    npy_header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n") + bytes(8))
                self.expect_refused('array "train_input": expected a header of one number type, found')

    def test_what_a_file_says_is_fit_for_a_terminal(self):
        self.write_first_array(npy_header("{'descr': '\x1b[2J" + "x" * 60000 + "'}"))
        self.expect_refused(r'array "train_input": the type is \x1b[2Jxxx')
        self.write_first_array(npy_header("\x1b[2J" * 1000))
        self.expect_refused(r'array "train_input": expected a header of one number type, found "\x1b[2J')
        arrays = {f"\x1b[{i}mx": np.zeros(1) for i in range(1000)}
        np.savez(self.path, **arrays)
        self.expect_refused('array "train_input" is missing')

    def huge(self, elements=(1 << 28) - 2):
        """The header of an array of 1 GiB."""
        return npy_header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({elements // 2}, 2), }}\n")

    def test_a_shape_without_elements_is_refused(self):
        self.write_first_array(self.huge() + bytes(8))
        self.expect_refused('array "train_input": shape [134217727, 2] of <f4 needs 1073741816 bytes; expected as many')

    def test_lying_sizes_are_refused(self):
        # The shape, and both sizes of the archive, are those of 1 GiB; the file is not.
        contents = self.huge() + bytes(8)
        promised = len(self.huge()) + 4 * ((1 << 28) - 2)
        for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
            for compressed in None, promised:
                self.write_first_array(contents, method)
                deflate = zlib.compressobj(-1, zlib.DEFLATED, -15)
                held = len(contents) if method == zipfile.ZIP_STORED else len(
                    deflate.compress(contents) + deflate.flush())
                crc = struct.pack("<I", zlib.crc32(contents))
                self.patch((
                    crc + struct.pack("<II", held, len(contents)),
                    crc + struct.pack("<II", compressed or held, promised),
                ))
                with self.subTest(method=method, compressed=compressed):
                    stderr, returncode = self.copy("disk")
                    self.assertEqual(returncode, 1, stderr)
                    self.assertIn(self.path + ": ", stderr)

    def test_a_bomb_is_not_unpacked(self):
        # 2^28 zeros, which are 1 GiB of floats, in some kilobytes, and all sizes agree.
        with zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            with archive.open("train_input.npy", "w") as entry:
                entry.write(npy_header("{'descr': '|u1', 'fortran_order': False, 'shape': (268435456,), }\n"))
                for _ in range(256):
                    entry.write(bytes(1 << 20))
            archive.writestr("train_target.npy", npy(np.zeros(1, int)))
        self.assertLess(os.path.getsize(self.path), 2 << 20)
        self.expect_refused('array "train_input" has shape [268435456]; expected [N, 2]')

    def test_other_compressors_are_refused(self):
        # Their dictionaries alone can be of gigabytes, and their ratios have no bound.
        for method, number in (zipfile.ZIP_BZIP2, 12), (zipfile.ZIP_LZMA, 14):
            self.write_first_array(npy(disk_sets()["train_input"]), method)
            self.expect_refused(f'array "train_input": it is compressed by method {number}; expected 0 or 8')

    def test_an_encrypted_entry_is_refused(self):
        self.write_first_array(npy(disk_sets()["train_input"]), zipfile.ZIP_STORED)
        # The flags of the first local and the first central header.
        with open(self.path, "rb") as file:
            contents = bytearray(file.read())
        for signature, offset in (b"PK\3\4", 6), (b"PK\1\2", 8):
            contents[contents.index(signature) + offset] |= 1
        self.write(contents)
        self.expect_refused('array "train_input": it is encrypted; expected what numpy.savez writes')

    def test_two_arrays_of_a_name_are_refused(self):
        array = npy(disk_sets()["train_input"])
        self.write_first_array(array)
        with self.assertWarns(UserWarning), zipfile.ZipFile(self.path, "a") as archive:
            archive.writestr("train_input.npy", array)
        self.expect_refused("expected an .npz archive of NumPy, found one with two entries of the same name")

    def test_lying_directories_are_refused(self):
        np.savez(self.path, **disk_sets())
        with open(self.path, "rb") as file:
            contents = file.read()
        end = contents.rindex(b"PK\5\6")
        signature, disk, _, _, entries, size, start, comment = struct.unpack("<4s4H2IH", contents[end:])
        self.assertEqual(entries, 4)
        for changed in [
            (signature, disk, disk, 65534, 65534, size, start, comment),
            (signature, disk, disk, 1, 1, size, start, comment),
            (signature, disk, disk, entries, entries, 0xfffffffe, start, comment),
            (signature, disk, disk, entries, entries, size, 0xfffffffe, comment),
            (signature, disk, disk, entries, entries, size, 0, comment),
            (signature, disk, disk, entries, entries, size, start, 0xffff),
        ]:
            self.write(contents[:end] + struct.pack("<4s4H2IH", *changed))
            with self.subTest(changed):
                self.expect_refused("expected an .npz archive of NumPy: ")
        # 2^40 entries, as only the later, larger kind of end can say.
        end64 = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1 << 40, 1 << 40, size, start)
        locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
        end32 = struct.pack("<4s4H2IH", signature, 0xffff, 0xffff, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
        self.write(contents[:end] + end64 + locator + end32)
        self.expect_refused("expected an .npz archive of NumPy: ")

    def test_a_file_of_a_terabyte_is_not_read(self):
        self.write(b"PK\3\4")
        os.truncate(self.path, 1 << 40)
        self.expect_refused("expected an .npz archive of NumPy: ")

    def test_changed_bytes_do_no_harm(self):
        np.savez_compressed(self.path, **{name: array[:2] for name, array in disk_sets().items()})
        with open(self.path, "rb") as file:
            contents = file.read()
        for position in range(0, len(contents), 17):
            changed = bytearray(contents)
            changed[position] ^= 0xff
            self.write(changed)
            stderr, returncode = self.copy("disk")
            # Dates, for instance, do not matter.
            self.assertIn(returncode, (0, 1), f"{position}: {stderr}")


if __name__ == "__main__":
    unittest.main()
