#include "tools/summary.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/proto_json.h"
#include "base/status_macros.h"
#include "base/user_path.h"
#include "experiments/configuration.h"
#include "experiments/study.h"
#include "nn/pair_network.h"
#include "proto/architecture.pb.h"
#include "proto/study.pb.h"
#include "statistics/number_format.h"
#include "statistics/table.h"
#include "tensor/generator.h"
#include "tools/network_summary.h"
#include "tools/network_summary.pb.h"

namespace minidl {
namespace {

constexpr size_t kWidth = 80;

constexpr char kWhatIsCounted[] =
    "\n"
    "FLOPs: additions, multiplications, comparisons and values of functions, "
    "one\n"
    "each, forward and backward, as defined; without losses and optimizer.\n"
    "Memory: every layer's output, and no workspaces; it is less where "
    "Conv2d,\n"
    "MaxPool2d and ReLU are computed in one pass.\n";

absl::StatusOr<proto::NetworkSummary> Summarize(
    const std::string& file, const proto::Architecture& architecture,
    const proto::Training& training) {
  Generator generator(0);
  MINIDL_ASSIGN_OR_RETURN(const std::unique_ptr<PairNetwork> network,
                          PairNetwork::Create(architecture, kDigitPairImages,
                                              {generator, generator}));
  const absl::Status batch = network->CheckTrainingBatch(training.batch_size());
  if (!batch.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": with a batch size of ", training.batch_size(),
                     ": ", batch.message()));
  }
  proto::NetworkSummary summary =
      SummarizeNetwork(*network, kDigitPairImages, training);
  summary.set_file(file);
  summary.set_architecture(architecture.name());
  summary.set_networks(std::max(architecture.networks(), 1));
  summary.set_parameters(summary.networks() * summary.parameters());
  return summary;
}

// The lines of `text`, each at most `width` wide where that is possible by
// breaking after commas, and all but the first after `indent`.
std::vector<std::string> Wrap(absl::string_view text, size_t width,
                              absl::string_view indent) {
  std::vector<std::string> lines;
  std::string line;
  bool empty = true;  // Whether the line has nothing but the indent.
  const std::vector<absl::string_view> words =
      absl::StrSplit(text, absl::ByString(", "));
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string word =
        absl::StrCat(words[i], i + 1 < words.size() ? "," : "");
    if (!empty && TextWidth(line) + 1 + TextWidth(word) > width) {
      lines.push_back(line);
      line = std::string(indent);
      empty = true;
    }
    absl::StrAppend(&line, empty ? "" : " ", word);
    empty = false;
  }
  lines.push_back(line);
  return lines;
}

// A row of the table: a layer in one or more lines, and its figures.
struct Row {
  std::string layer;
  std::string indent;  // Of further lines.
  std::vector<std::string> figures;
};

std::string FlopsOf(const proto::ModuleSummary& module) {
  return module.has_forward_flops()
             ? FormatScaled(module.forward_flops() + module.backward_flops())
             : kNotAvailable;
}

// Appends the row of `module`, after `branch` in the tree, and of its parts,
// after `indent`.
void AppendRows(const proto::ModuleSummary& module, const std::string& branch,
                const std::string& indent, std::vector<Row>* rows) {
  rows->push_back(
      {absl::StrCat(branch, module.name(), module.name().empty() ? "" : " ",
                    module.description()),
       absl::StrCat(indent, module.parts().empty() ? "    " : "│   "),
       {absl::StrCat("[", absl::StrJoin(module.output_shape(), ", "), "]"),
        module.parameters() == 0 ? "-" : FormatCount(module.parameters()),
        FlopsOf(module), FormatBytes(module.activation_bytes())}});
  // A part that adds nothing to the names, as what branches share, is of no
  // interest beside its own parts.
  const auto* parts = &module.parts();
  while (parts->size() == 1 && (*parts)[0].name().empty() &&
         !(*parts)[0].parts().empty()) {
    parts = &(*parts)[0].parts();
  }
  for (int i = 0; i < parts->size(); ++i) {
    const bool is_last = i + 1 == parts->size();
    AppendRows((*parts)[i], absl::StrCat(indent, is_last ? "└─" : "├─"),
               absl::StrCat(indent, is_last ? "  " : "│ "), rows);
  }
}

// "name   value, value, ..." over as many lines as that takes.
std::string Total(const std::string& name, const std::string& value) {
  constexpr size_t kNameWidth = 19;
  const std::string indent(kNameWidth, ' ');
  return absl::StrCat(
      name, indent.substr(name.size()),
      absl::StrJoin(Wrap(value, kWidth - kNameWidth, ""), "\n" + indent), "\n");
}

}  // namespace

std::string SummaryTable(const proto::NetworkSummary& summary) {
  std::vector<Row> rows;
  for (const proto::ModuleSummary& module : summary.modules()) {
    // A head without layers is none.
    if (module.parts().empty() && module.description() == "Sequential()") {
      continue;
    }
    AppendRows(module, "", "", &rows);
  }
  Table table = {{{"layer", Alignment::kLeft},
                  {"output", Alignment::kLeft},
                  {"params"},
                  {"FLOPs"},
                  {"activations"}},
                 {}};
  size_t layer_width = kWidth;
  for (size_t i = 1; i < table.columns.size(); ++i) {
    size_t width = TextWidth(table.columns[i].header);
    for (const Row& row : rows) {
      width = std::max(width, TextWidth(row.figures[i - 1]));
    }
    layer_width -= width + 2;
  }
  for (const Row& row : rows) {
    std::vector<std::string> figures = row.figures;
    for (std::string& line : Wrap(row.layer, layer_width, row.indent)) {
      figures.insert(figures.begin(), std::move(line));
      table.rows.push_back(std::move(figures));
      figures.assign(row.figures.size(), "");
    }
  }
  const std::string rule = std::string(kWidth, '=') + "\n";
  const std::string text = TextTable(table);
  const size_t header = text.find('\n') + 1;
  const proto::StepMemory& memory = summary.memory();
  const auto flops = [&](int64_t count) {
    return summary.has_forward_flops() ? FormatScaled(count) : kNotAvailable;
  };
  const bool is_ensemble = summary.networks() > 1;
  return absl::StrCat(
      summary.architecture(), ", a batch of ", summary.batch_size(),
      summary.batch_size() == 1 ? " pair" : " pairs",
      is_ensemble ? absl::StrCat(", one of ", summary.networks(), " networks")
                  : "",
      "\n", rule, text.substr(0, header), rule, text.substr(header), rule,
      Total("parameters",
            is_ensemble ? absl::StrCat(FormatCount(summary.parameters()), ": ",
                                       summary.networks(), " networks of ",
                                       FormatCount(summary.parameters() /
                                                   summary.networks()))
                        : FormatCount(summary.parameters())),
      Total("FLOPs of a step",
            absl::StrCat(
                flops(summary.forward_flops() + summary.backward_flops()),
                ": forward ", flops(summary.forward_flops()), ", backward ",
                flops(summary.backward_flops()))),
      Total(
          "memory of a step",
          absl::StrCat(FormatBytes(memory.total()), ": input ",
                       FormatBytes(memory.input()), ", parameters ",
                       FormatBytes(memory.parameters()), ", their gradients ",
                       FormatBytes(memory.parameter_gradients()), ", ",
                       summary.optimizer(), " ",
                       FormatBytes(memory.optimizer_state()), ", activations ",
                       FormatBytes(memory.activations()), ", their gradients ",
                       FormatBytes(memory.activation_gradients()))));
}

absl::Status PrintSummaries(const SummaryOptions& options,
                            const Console& console) {
  if (options.format != "text" && options.format != "json") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--format is \"", options.format, "\"; expected text or json"));
  }
  MINIDL_ASSIGN_OR_RETURN(Study study, LoadStudy(options.study_file));
  if (options.batch_size.has_value()) {
    if (*options.batch_size < 1) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--batch_size is ", *options.batch_size, "; expected at least 1"));
    }
  }
  std::vector<std::string> paths;
  std::vector<proto::Configuration> configurations;
  if (options.files.empty()) {
    configurations = std::move(study.configurations);
    paths.assign(configurations.size(), options.study_file);
  }
  for (const std::string& file : options.files) {
    paths.push_back(UserPath(file));
    MINIDL_ASSIGN_OR_RETURN(const proto::Architecture architecture,
                            ReadArchitecture(paths.back()));
    configurations.push_back(MakeConfiguration(study.message, architecture));
  }
  std::vector<std::string> texts;
  for (size_t i = 0; i < configurations.size(); ++i) {
    proto::Training& training = *configurations[i].mutable_training();
    if (options.batch_size.has_value()) {
      training.set_batch_size(*options.batch_size);
    }
    MINIDL_ASSIGN_OR_RETURN(
        const proto::NetworkSummary summary,
        Summarize(paths[i], configurations[i].architecture(), training));
    texts.push_back(options.format == "json" ? ProtoJson(summary)
                                             : SummaryTable(summary));
  }
  return console.print(
      options.format == "json"
          ? absl::StrCat("[", absl::StrJoin(texts, ",\n"), "]\n")
          : absl::StrCat(absl::StrJoin(texts, "\n"), kWhatIsCounted));
}

}  // namespace minidl
