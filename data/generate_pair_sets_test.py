#!/usr/bin/python3
"""Runs generate_pair_sets and opens what it writes with NumPy."""

import os
import unittest

import numpy as np

from data.generate_sets_testutil import GenerateSetsTestCase

# SHA-256 of each array's bytes for each data set, from PyTorch 1.13, with `read`
# as in mnist_test.cc:
#
#   def pair_set(name, n):
#       x = read(f'{name}-images-idx3-ubyte').view(-1, 1, 28, 28).float()
#       y = read(f'{name}-labels-idx1-ubyte').long()
#       x = torch.nn.functional.avg_pool2d(x, kernel_size=2)
#       a = torch.randperm(x.size(0))[:2 * n].view(n, 2)
#       inputs = torch.cat((x[a[:, 0]], x[a[:, 1]]), 1)
#       classes = y[a]
#       return inputs, (classes[:, 0] <= classes[:, 1]).long(), classes
#
#   torch.manual_seed(0)
#   for array in *pair_set('train', 1000), *pair_set('t10k', 1000):
#       print(hashlib.sha256(array.numpy().tobytes()).hexdigest())
PYTORCH_SHA256 = {
    'mnist': {
        'train_input':
            '464a5f28f92883f21998316fc60fa67b56439cf140fe089e196d7a6757ffaacd',
        'train_target':
            '7e3c76a30243b77a85986ea026641551237a5977653a7ae6efa60f518f2be997',
        'train_classes':
            'f4875cc579c4f612e4bfa614696b5a17abdc74ad2db11bb1d6fd2961aa9ac339',
        'test_input':
            '00d7425ae18cc7b7c412f1a44d39d4df89b36c7ca332efec82ccd7321a1b2664',
        'test_target':
            'b0a64b9d231783d10ff43ebed672ae4db67537173e1a91e07cab5467dcc5bc0d',
        'test_classes':
            '26331323f5d109d7fb0b9a4b8c1971639ae29c54908f1d8c72f4e3c7faadf72e',
    },
    'fashion_mnist': {
        'train_input':
            '3a7343fb6b45801e74bf3442d14d31abd6f8a9df9514cacfb0d4a7fcef466f3d',
        'train_target':
            'b005daf8e3f284164a47afd8cbea8acb4add335549ec85c8698939773d197bcc',
        'train_classes':
            '95159d842bec5557a527f7fbdff0bfbfe7c3bd0a670abe6aacd70e8ed7e2fa44',
        'test_input':
            '91e2290937e4ba665b87895f6a57113c92d70d7e3ae72aedb626edd6a573bd2f',
        'test_target':
            '8ad9992f1a9b4d1080f93d7f4344a2be5d3db5d93fe7de4e7ca42fc7dfc2f7ea',
        'test_classes':
            '972431d1ff596f4c7f443b229ac4c0a6f4e9256c4973ec52816ce07f61a7b1a8',
    },
}


class GeneratePairSetsTest(GenerateSetsTestCase):

    program = os.path.abspath('data/generate_pair_sets')
    archive = 'pairs.npz'

    def test_defaults_are_pytorchs_numbers(self):
        with np.load(self.generate()) as archive:
            self.assert_arrays(archive, PYTORCH_SHA256['mnist'])
            # Of which the first, to look at.
            self.assertEqual(archive['train_classes'][:3].tolist(),
                             [[9, 3], [5, 4], [7, 4]])
            self.assertEqual(archive['train_target'][:8].tolist(),
                             [0, 0, 0, 0, 1, 0, 1, 0])
            self.assertEqual(archive['test_classes'][:3].tolist(),
                             [[0, 7], [4, 1], [8, 7]])

    def test_fashion_mnist_is_pytorchs_numbers(self):
        with np.load(self.generate('--data_set=fashion_mnist')) as archive:
            self.assert_arrays(archive, PYTORCH_SHA256['fashion_mnist'])

    def test_types_shapes_and_values(self):
        with np.load(self.generate('--n=5000', '--seed=4294967295')) as archive:
            for part in 'train', 'test':
                inputs = archive[part + '_input']
                targets = archive[part + '_target']
                classes = archive[part + '_classes']
                self.assertEqual(inputs.dtype, np.float32)
                self.assertEqual(inputs.shape, (5000, 2, 14, 14))
                self.assertEqual(inputs.min(), 0)
                self.assertTrue(200 < inputs.max() <= 255)
                self.assertEqual(targets.dtype, np.int64)
                self.assertEqual(targets.shape, (5000,))
                self.assertEqual(classes.dtype, np.int64)
                self.assertEqual(classes.shape, (5000, 2))
                self.assertEqual(np.unique(classes).tolist(), list(range(10)))
                np.testing.assert_array_equal(
                    targets, classes[:, 0] <= classes[:, 1])

    def test_same_seed_same_bytes(self):
        self.assert_bytes_depend_on_the_seed_alone()

    def test_wrong_flags_exit_with_2(self):
        for flags, message in [
            (['--n=0'], '--n=0: expected at least 1'),
            (['--n=-5'], '--n=-5: expected at least 1'),
            (['--n=5001'], 'there are 10000; n is at most 5000'),
            (['--n=9223372036854775807'], 'there are 60000'),
            (['--n=many'], 'many'),
            (['--seed=-1'], '--seed=-1: expected 0 to 4294967295'),
            (['--seed=4294967296'], '--seed=4294967296: expected 0 to'),
            (['--output='], '--output is empty'),
            (['--data_set=cifar'],
             'data_set is cifar; expected mnist or fashion_mnist'),
            (['--pairs=3'], 'pairs'),
            (['n=3'], "unexpected argument 'n=3'"),
        ]:
            self.assert_refused(2, flags, message)

    def test_failures_exit_with_1(self):
        for flags, message in [
            (['--mnist_dir=none'], self.directory + '/none is not a directory'),
            (['--data_set=fashion_mnist', '--mnist_dir=none'],
             self.directory + '/none is not a directory'),
            (['--mnist_dir=.'], 'has neither train-images-idx3-ubyte nor'),
            (['--output=none/pairs.npz'],
             self.directory + '/none/pairs.npz: cannot create'),
            (['--output=.'], 'Is a directory'),
            (['--output=/dev/full'], '/dev/full: cannot write'),
        ]:
            self.assert_refused(1, flags, message)


if __name__ == '__main__':
    unittest.main()
