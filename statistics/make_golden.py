"""Prints golden.h: what SciPy and R compute for the tests beside this file.

  python3 statistics/make_golden.py | clang-format > statistics/golden.h

It needs SciPy and R, which the tests do not; golden.h was made with Debian 12's
python3-scipy (1.10.1) and r-base-core (4.2.2). Numbers are doubles' exact
values, in hexadecimal.
"""

import collections
import itertools
import subprocess
import textwrap

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
TEST_PAIRS = 1000

# How many of 1,000 test pairs each of 10 rounds of the default study got wrong
# when this was written; any numbers would do.
WRONG = {
    "convnet": [151, 151, 153, 173, 156, 159, 154, 166, 142, 156],
    "convnet_aux": [47, 53, 41, 51, 47, 59, 52, 45, 50, 39],
    "convnet_shared": [140, 108, 120, 127, 127, 122, 123, 120, 110, 122],
    "convnet_shared_aux": [35, 38, 30, 36, 37, 38, 38, 38, 42, 28],
}


def literal(value):
    mantissa, exponent = float(value).hex().split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return "%sp%s" % (mantissa, exponent)


def array(values):
    return "{%s}" % ", ".join(literal(value) for value in values)


def emit(declaration, rows):
    """Prints an array of structs."""
    print("inline const %s[] = {" % declaration)
    for row in rows:
        text = "{%s}," % ", ".join(
            item if isinstance(item, str) else
            array(item) if np.ndim(item) else literal(item) for item in row)
        print("\n".join(
            textwrap.wrap(text, 76, initial_indent="    ",
                          subsequent_indent="     ")))
    print("};\n")


def r_numbers(expression):
    output = subprocess.run(
        ["Rscript", "-e", "cat(sprintf('%%a', %s))" % expression],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return [float.fromhex(word) for word in output.split()]


def r_vector(values):
    return "c(%s)" % ", ".join(repr(float(value)) for value in values)


def intervals(values):
    """Of the mean and of the deviation, by R, whose quantiles are more precise
    than SciPy's of this version: they differ from the 10th digit on."""
    r_intervals = r_numbers(
        "{ x <- %s; n <- length(x); tail <- (1 - %r) / 2;"
        "  c(t.test(x, conf.level = %r)$conf.int,"
        "    sd(x) * sqrt((n - 1) / qchisq(c(1 - tail, tail), n - 1))) }" %
        (r_vector(values), CONFIDENCE, CONFIDENCE))
    degrees = len(values) - 1
    tail = (1 - CONFIDENCE) / 2
    quantiles = stats.chi2.isf(tail, degrees), stats.chi2.ppf(tail, degrees)
    scipy_intervals = [
        *stats.t.interval(CONFIDENCE, degrees, np.mean(values),
                          stats.sem(values)),
        *(np.std(values, ddof=1) * np.sqrt(degrees / np.array(quantiles)))
    ]
    assert np.allclose(r_intervals, scipy_intervals, rtol=1e-9, atol=0)
    return r_intervals


def samples():
    """Estimates: mean, deviation, their intervals, median, minimum, maximum."""
    generator = np.random.default_rng(1)
    rows = []
    for n in 2, 3, 5, 6, 10, 11, 100:
        values = np.round(generator.normal(12, 1.5, n), 1)
        rows.append((values, np.mean(values), np.std(values, ddof=1),
                     *intervals(values), np.median(values), np.min(values),
                     np.max(values)))
    emit("Sample kSamples", rows)


def deviation_probabilities():
    emit("DeviationProbability kDeviationProbabilities",
         [(deviation, "%d" % n, true_deviation,
           stats.chi2.cdf((n - 1) * (deviation / true_deviation)**2, n - 1))
          for deviation, n, true_deviation in ((0.0, 2, 1.0), (0.41, 10, 0.59),
                                               (0.85, 10, 1.15),
                                               (2.0, 30, 1.0), (0.1, 6, 3.0))])


def exact_sign_flip(differences):
    """The two-sided p of integers, from how many assignments give each sum."""
    counts = collections.Counter({0: 1})
    for difference in differences:
        doubled = collections.Counter()
        for total, count in counts.items():
            doubled[total + difference] += count
            doubled[total - difference] += count
        counts = doubled
    observed = abs(sum(differences))
    beyond = sum(count for total, count in counts.items()
                 if abs(total) >= observed)
    return beyond / 2**len(differences)


def scipy_sign_flip(differences):
    return stats.permutation_test(
        (np.asarray(differences, dtype=float),),
        lambda x, axis: np.sum(x, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=np.inf, batch=2**14).pvalue


def sign_flips():
    """Up to 20 differences by SciPy, which counts all assignments; more by
    exact_sign_flip, which agrees with it."""
    generator = np.random.default_rng(2)
    rows = []
    for n, shift in itertools.chain(
            ((n, 0.7) for n in (2, 3, 5, 6, 7, 10, 13, 20)),
            ((10, 0), (10, 3), (20, 0), (20, 2), (21, 0.5), (30, 0.3),
             (40, 0.4), (41, 0.4), (100, 0.2), (100, 0))):
        differences = [int(d) for d in np.round(generator.normal(shift, 1, n) * 10)]
        p = exact_sign_flip(differences)
        if n <= 20:
            assert abs(scipy_sign_flip(differences) - p) < 1e-12
        rows.append((differences, p))
    emit("SignFlip kSignFlips", rows)


def r_holm(p_values):
    return r_numbers("p.adjust(%s, 'holm')" % r_vector(p_values))


def holm():
    emit("Family kFamilies",
         [(p, r_holm(p)) for p in ([0.03], [0.01, 0.04, 0.03, 0.005],
                                   [0.5, 0.5, 0.001], [0.02, 0.02, 0.02],
                                   [1, 0.2, 0.9, 0.0001, 0.6, 0.05])])


def outliers():
    values = [15.6, 15.1, 14.9, 15.3, 16.0, 45.2, 15.0, 14.1]
    scores = ((values - np.median(values)) /
              stats.median_abs_deviation(values, scale="normal"))
    emit("Outliers kOutliers", [(values, scores)])


def effects(name, contrasts):
    """Paired effects of a family, in points: R's paired t-interval, SciPy's
    permutation test, R's adjustment."""
    scores = [np.asarray(contrast) for contrast in contrasts]
    p_values = [scipy_sign_flip(score) for score in scores]
    rows = []
    for score, p, adjusted in zip(scores, p_values, r_holm(p_values)):
        points = score * 100 / TEST_PAIRS
        mean, low, high = r_numbers(
            "{ t <- t.test(%s, conf.level = %r); c(t$estimate, t$conf.int) }" %
            (r_vector(points), CONFIDENCE))
        rows.append((mean, low, high, mean / np.std(points, ddof=1), p,
                     adjusted))
    emit("Effect " + name, rows)


def study():
    print("inline const StudyArchitecture kStudy[] = {")
    for name, wrong in WRONG.items():
        print('    {"%s", {%s}},' % (name, ", ".join(map(str, wrong))))
    print("};\n")
    wrong = {name: np.asarray(values) for name, values in WRONG.items()}
    print("// Of each with each: the second minus the first, the third minus "
          "the first, ...")
    effects("kStudyComparisons",
            [wrong[b] - wrong[a] for a, b in itertools.combinations(WRONG, 2)])
    print("// Of each with the first.")
    effects("kStudyBaselineComparisons",
            [wrong[b] - wrong["convnet"] for b in list(WRONG)[1:]])
    separate, separate_auxiliary, shared, shared_auxiliary = wrong.values()
    print("// Sharing, auxiliary losses, interaction.")
    effects("kStudyContrasts", [
        (shared + shared_auxiliary - separate - separate_auxiliary) / 2,
        (separate_auxiliary + shared_auxiliary - separate - shared) / 2,
        (shared_auxiliary - shared) - (separate_auxiliary - separate),
    ])


def main():
    print(textwrap.dedent("""\
        // Made by make_golden.py, which says how and with which versions. Do not edit.
        #ifndef MINIDL_STATISTICS_GOLDEN_H_
        #define MINIDL_STATISTICS_GOLDEN_H_

        #include <cstdint>
        #include <string>
        #include <vector>

        namespace minidl::golden {

        struct Sample {
          std::vector<double> values;
          double mean, deviation;
          double mean_low, mean_high, deviation_low, deviation_high;
          double median, minimum, maximum;
        };

        struct DeviationProbability {
          double deviation;
          int64_t n;
          double true_deviation, probability;
        };

        struct SignFlip {
          std::vector<double> differences;
          double p;
        };

        struct Family {
          std::vector<double> p_values, adjusted;
        };

        struct Outliers {
          std::vector<double> values, scores;
        };

        struct StudyArchitecture {
          std::string name;
          std::vector<int64_t> wrong;  // Of 1,000, in each round.
        };

        struct Effect {
          double mean, low, high, d_z, p, adjusted_p;
        };
        """))
    samples()
    deviation_probabilities()
    sign_flips()
    holm()
    outliers()
    study()
    print("}  // namespace minidl::golden\n\n#endif  // MINIDL_STATISTICS_GOLDEN_H_")


if __name__ == "__main__":
    main()
