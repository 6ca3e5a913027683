#include "experiments/round.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/fingerprint.h"
#include "base/status_macros.h"
#include "data/augmentation.h"
#include "data/mnist.h"
#include "data/pair_sets.h"
#include "data/standardize.h"
#include "experiments/configuration.h"
#include "experiments/environment.h"
#include "experiments/mistakes.h"
#include "experiments/pair_training.h"
#include "experiments/seeds.h"
#include "models/network_state.h"
#include "nn/pair_ensemble.h"
#include "nn/pair_loss.h"
#include "nn/parameter.h"
#include "proto/architecture.pb.h"
#include "proto/model.pb.h"
#include "proto/run_record.pb.h"
#include "proto/study.pb.h"
#include "records/run_records.h"
#include "tensor/flush_denormals.h"
#include "tensor/generator.h"

namespace minidl {
namespace {

// The round's pairs, with raw inputs.
absl::StatusOr<PairSets> DrawPairs(const Mnist& mnist,
                                   const proto::Configuration& configuration,
                                   int round) {
  Generator generator(
      StreamSeed(configuration.study_seed(), round, Purpose::kData));
  PairSets pairs;
  MINIDL_ASSIGN_OR_RETURN(
      pairs.train,
      GeneratePairSet(mnist.train, configuration.train_pairs(), generator));
  MINIDL_ASSIGN_OR_RETURN(
      pairs.test,
      GeneratePairSet(mnist.test, configuration.test_pairs(), generator));
  return pairs;
}

uint64_t HashPairs(std::initializer_list<const PairSet*> sets) {
  Fingerprint fingerprint;
  for (const PairSet* set : sets) {
    fingerprint.Add(set->inputs.values());
    fingerprint.Add(set->targets.values());
    fingerprint.Add(set->classes.values());
  }
  return fingerprint.value();
}

Fingerprint OfParameters(PairEnsemble& ensemble) {
  Fingerprint fingerprint;
  for (const NamedParameter& named : ensemble.Parameters()) {
    fingerprint.Add(absl::Span<const float>(named.parameter->value.values()));
  }
  return fingerprint;
}

// Of all that the outputs of trained networks depend on.
Fingerprint OfParametersAndBuffers(PairEnsemble& ensemble) {
  Fingerprint fingerprint = OfParameters(ensemble);
  for (const NamedBuffer& named : ensemble.Buffers()) {
    fingerprint.Add(absl::Span<const float>(named.tensor->values()));
  }
  return fingerprint;
}

AugmentationOptions ImageOptions(const proto::Augmentation& augmentation) {
  AugmentationOptions options;
  options.rotation = augmentation.rotation();
  options.scaling = augmentation.scaling();
  options.shear = augmentation.shear();
  options.translation = augmentation.translation();
  options.distortion = augmentation.distortion();
  return options;
}

// What 0, the paper's brightness, has become in the inputs.
float Paper(absl::Span<const Standardization> standardization) {
  return standardization.empty() ? 0 : standardization[0].Of(0);
}

void SetStopped(const TrainingStop& stop, proto::RunRecord& record) {
  record.set_status(stop.reason);
  if (stop.reason == proto::RunRecord::DIVERGED) {
    record.set_divergence(proto::RunRecord::NON_FINITE);
  }
  record.set_stopped_epoch(stop.epoch);
  record.set_stopped_step(stop.step);
  if (stop.loss.has_value()) record.set_stopped_loss(*stop.loss);
}

// A network that has been trained in fewer steps may not have begun to learn,
// which is no failure of the training.
constexpr int kStepsToLearn = 100;

// Whether a network with these errors gives all `pairs` the same answer, and
// not because that is right.
bool IsAtChance(const PairErrors& errors, const PairSet& pairs) {
  if (errors.wrong_pairs.empty()) return false;
  const int answer = errors.wrong_pairs.front().answer;
  const absl::Span<const int64_t> targets = pairs.targets.values();
  // Right answers are targets.
  const auto same = std::count(targets.begin(), targets.end(), answer);
  return std::all_of(errors.wrong_pairs.begin(), errors.wrong_pairs.end(),
                     [answer](const WrongPair& wrong) {
                       return wrong.answer == answer;
                     }) &&
         same + static_cast<int64_t>(errors.wrong_pairs.size()) ==
             static_cast<int64_t>(targets.size());
}

// The model of the round that left `record`. `standardization` is what was done
// to the inputs; nothing if it is empty.
proto::Model TrainedModel(const proto::RunRecord& record,
                          absl::Span<const Standardization> standardization,
                          PairEnsemble& ensemble) {
  proto::Model model;
  SavePairEnsemble(record.architecture(), kDigitPairImages, ensemble, &model);
  for (const Standardization& done : standardization) {
    proto::InputNormalization& normalization =
        *model.mutable_input_normalization();
    normalization.set_mean(done.mean);
    normalization.set_deviation(done.deviation);
  }
  proto::Provenance& provenance = *model.mutable_provenance();
  provenance.set_study_name(record.study_name());
  provenance.set_study_seed(record.study_seed());
  provenance.set_round(record.round());
  *provenance.mutable_training() = record.training();
  provenance.set_train_pairs(record.train_pairs());
  provenance.set_test_pairs(record.test_pairs());
  provenance.set_data_hash(record.data_hash());
  provenance.set_initialization_hash(record.initialization_hash());
  provenance.set_trained_hash(record.trained_hash());
  *provenance.mutable_errors() = record.errors();
  provenance.set_data_set(record.data_set());
  return model;
}

}  // namespace

absl::StatusOr<proto::RunRecord> RunRound(
    const Mnist& mnist, const proto::Configuration& configuration, int round,
    const std::atomic<bool>& cancelled, proto::Model* model) {
  // From the first random number on, whatever the thread does otherwise.
  const FlushDenormals flush_denormals;
  proto::RunRecord record;
  record.set_schema_version(kRunRecordSchemaVersion);
  SetConfiguration(configuration, record);
  record.set_round(round);
  proto::Environment& environment = *record.mutable_environment();
  environment = CurrentEnvironment();

  const uint64_t seed = configuration.study_seed();
  const proto::Architecture& architecture = configuration.architecture();
  const proto::Training& training = configuration.training();
  MINIDL_ASSIGN_OR_RETURN(PairSets pairs,
                          DrawPairs(mnist, configuration, round));
  record.set_data_hash(HashPairs({&pairs.train, &pairs.test}));
  record.set_test_data_hash(HashPairs({&pairs.test}));
  const std::string test_pixels = Pixels(pairs.test.inputs);
  std::vector<Standardization> standardization;
  if (training.input_normalization() == proto::Training::MEAN_AND_DEVIATION) {
    standardization =
        Standardize(/*num_features=*/1, pairs.train.inputs, pairs.test.inputs);
  }

  Generator initialization(StreamSeed(seed, round, Purpose::kInitialization));
  Generator dropout(StreamSeed(seed, round, Purpose::kDropout));
  MINIDL_ASSIGN_OR_RETURN(const std::unique_ptr<PairEnsemble> ensemble,
                          PairEnsemble::Create(architecture, kDigitPairImages,
                                               {initialization, dropout}));
  ensemble->set_background(Paper(standardization));
  MINIDL_ASSIGN_OR_RETURN(
      const std::unique_ptr<PairLoss> loss,
      PairLoss::Create(architecture, kDigitPairImages.num_classes));
  record.set_initialization_hash(OfParameters(*ensemble).value());
  record.set_parameter_count(NumElements(ensemble->Parameters()));

  Generator shuffling(StreamSeed(seed, round, Purpose::kShuffling));
  Generator augmenting(StreamSeed(seed, round, Purpose::kAugmentation));
  std::optional<PairAugmentation> augmentation;
  if (training.has_augmentation()) {
    augmentation.emplace(ImageOptions(training.augmentation()),
                         training.augmentation().swap_pairs(),
                         Paper(standardization), augmenting);
  }
  const auto start = std::chrono::steady_clock::now();
  const PairTrainingResult result =
      TrainPairEnsemble(pairs, training, *loss, shuffling,
                        augmentation.has_value() ? &*augmentation : nullptr,
                        cancelled, *ensemble);
  environment.set_training_seconds(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count());
  record.mutable_epochs()->Assign(result.epochs.begin(), result.epochs.end());
  if (result.stop.has_value()) {
    SetStopped(*result.stop, record);
    return record;
  }

  const PairErrors train = EvaluatePairEnsemble(pairs.train, *ensemble);
  const PairErrors test = EvaluatePairEnsemble(pairs.test, *ensemble);
  const TrainingStop diverged_in_the_end = {
      proto::RunRecord::DIVERGED,
      training.epochs(),
      StepsPerEpoch(training, configuration.train_pairs()),
      {}};
  if (!train.finite || !test.finite) {
    // The last step did it; no loss has followed that would tell.
    SetStopped(diverged_in_the_end, record);
    return record;
  }
  *record.mutable_errors()->mutable_train() = train.comparison;
  *record.mutable_errors()->mutable_test() = test.comparison;
  // Where no loss trains the branches' outputs to be digits, they are none.
  if (architecture.auxiliary_loss_weight() != 0) {
    *record.mutable_errors()->mutable_train_digits() = train.digits;
    *record.mutable_errors()->mutable_test_digits() = test.digits;
  }
  if (diverged_in_the_end.epoch * diverged_in_the_end.step >= kStepsToLearn &&
      IsAtChance(train, pairs.train)) {
    SetStopped(diverged_in_the_end, record);
    record.set_divergence(proto::RunRecord::AT_CHANCE);
    return record;
  }
  const std::vector<proto::Mistake> mistakes =
      SurestMistakes(test.wrong_pairs, pairs.test.classes, test_pixels);
  record.mutable_mistakes()->Assign(mistakes.begin(), mistakes.end());
  record.set_trained_hash(OfParametersAndBuffers(*ensemble).value());
  record.set_status(proto::RunRecord::FINISHED);
  if (model != nullptr) {
    *model = TrainedModel(record, standardization, *ensemble);
  }
  return record;
}

}  // namespace minidl
