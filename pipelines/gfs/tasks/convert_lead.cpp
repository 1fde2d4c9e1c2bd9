// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/data_checks.hpp"
#include "derive/hourly_precipitation.hpp"
#include "derive/wind.hpp"
#include "inventory/product_layout.hpp"
#include "netcdf/convert.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/provenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gfs {

namespace {

/// Returns true when the messages contain accumulations.
bool has_accumulations(const SourceRecord& source_record) {
    return std::ranges::any_of(source_record.expected, [](std::string_view line) {
        return line.ends_with("acc fcst") || line.starts_with("SUNSD:");
    });
}

/// Messages and the record of their source.
struct FetchedMessages {
    freshet::LocalTarget record;
    freshet::LocalTarget messages;
};

/// Returns the accumulations of one hour earlier: from the messages of the previous lead if they are there or on their
/// way, else from FetchSums. Nothing when there is no such lead or a task is still to run, which it requires. Checks
/// alone never wait for another lead.
std::optional<FetchedMessages> fetch_previous_accumulations(const ConvertLead& task, const SourceRecord& source_record,
                                                            freshet::Context& context) {
    const int before = task.lead - 1;
    if (!task.enhance || !has_accumulations(source_record)) return std::nullopt;
    if (before < 1 || !find_product(task.product).has_lead(before)) return std::nullopt;
    const FetchMessages messages{task, before};
    const FetchSums accumulations{task, before};
    // An inventory that was not fetched for the accumulations alone was for all messages.
    const bool are_all_fetched =
        freshet::AnyTask(messages).complete() ||
        (freshet::AnyTask(messages.requirements()).complete() && !freshet::AnyTask(accumulations).complete());
    if (are_all_fetched) {
        if (!context.require(messages)) return std::nullopt;
        return std::make_from_tuple<FetchedMessages>(freshet::outputs(messages));
    }
    if (!context.require(accumulations)) return std::nullopt;
    return std::make_from_tuple<FetchedMessages>(freshet::outputs(accumulations));
}

/// Returns the files at upstream that the NetCDF file is made of: the lead's, and the previous lead's if it was used.
freshet::Json merged_sources(const SourceRecord& source_record, const std::optional<FetchedMessages>& previous) {
    freshet::Json::Array sources{to_json(source_record.file)};
    if (previous) sources.push_back(to_json(SourceRecord::parse(previous->record.read()).file));
    return sources;
}

/// Records the patterns that matched no message, for the manifest and the event, and names them in `why` and the log.
void report_unmatched(const std::vector<std::string>& unmatched, freshet::Context& context) {
    if (unmatched.empty()) return;
    const std::string note = fmt::format("no message matches '{}'", fmt::join(unmatched, "', '"));
    context.add_metadata(unmatched_key, freshet::Json::Array(unmatched.begin(), unmatched.end()));
    context.add_metadata("note", note);
    context.warn(note);
}

/// The field processors of a conversion, as selected by the task's parameters.
class Processors {
public:
    Processors(const ConvertLead& task, const std::optional<FetchedMessages>& previous)
        : task_(task),
          previous_accumulations_(
              previous ? std::make_optional<PreviousAccumulationReader>(previous->messages.path(), task.area)
                       : std::nullopt),
          hourly_precipitation_(previous_accumulations_ ? &*previous_accumulations_ : nullptr),
          checks_(previous_accumulations_ ? &*previous_accumulations_ : nullptr) {}

    std::vector<FieldProcessor*> all() {
        std::vector<FieldProcessor*> all;
        if (task_.enhance) all = {&winds_, &hourly_precipitation_};
        if (task_.checks != Checks::off) all.push_back(&checks_);  // last: it checks the derived fields, too
        return all;
    }

    /// Reports the findings of the checks. Throws Error when they forbid publication.
    void report(freshet::Context& context) const {
        if (task_.checks == Checks::off) return;
        auto warned = freshet::Json::array();
        std::vector<std::string> texts;
        for (const Finding& finding : checks_.findings()) {
            warned.push_back(
                freshet::Json::Object{{"check", finding.check}, {"field", finding.field}, {"what", finding.message}});
            texts.push_back(finding.text());
        }
        context.add_metadata("checks",
                             freshet::Json::Object{{"passed", checks_.passed()}, {"warned", std::move(warned)}});
        if (task_.checks == Checks::refuse && !texts.empty())
            throw freshet::Error(fmt::format("check the data of lead {}: {}", task_.lead, fmt::join(texts, "; ")));
        for (const std::string& text : texts) context.warn(text);
    }

private:
    const ConvertLead& task_;
    std::optional<PreviousAccumulationReader> previous_accumulations_;
    Winds winds_;
    HourlyPrecipitation hourly_precipitation_;
    DataChecks checks_;
};

std::string title_of(const CycleParameters& parameters) {
    const std::string title(find_product(parameters.product).title);
    return parameters.member ? fmt::format("{}, {}", title, parameters.member->description()) : title;
}

/// Returns the name of a member as its file has it: the coordinate of realizations has the number alone, and a mean
/// none.
std::vector<std::pair<std::string, std::string>> member_attributes(const std::optional<EnsembleMember>& member) {
    if (!member) return {};
    return {{"ensemble_member", member->text()}};
}

}  // namespace

freshet::Outcome ConvertLead::run(freshet::Context& context) const {
    claim_dataset(*this);
    const auto [record, messages] = freshet::inputs(*this);
    const SourceRecord source_record = SourceRecord::parse(record.read());
    const auto previous = fetch_previous_accumulations(*this, source_record, context);
    if (!context.missing().empty()) return freshet::Outcome::waiting;
    context.add_metadata(sources_key, merged_sources(source_record, previous));
    context.add_metadata(messages_key, source_record.expected.size());
    report_unmatched(source_record.unmatched, context);
    Processors processors(*this, previous);
    output().create([&](const auto& temporary) {
        const Conversion conversion = convert({.grib = messages.path(),
                                               .netcdf = temporary,
                                               .dataset = {.id = paths().dataset(),
                                                           .title = title_of(*this),
                                                           .date_created = source_record.last_modified,
                                                           .code_version = context.code_version(),
                                                           .attributes = member_attributes(member)},
                                               .expected = source_record.expected,
                                               .unknown = unknown,
                                               .area = area,
                                               .chunks = chunks,
                                               .precision = precision,
                                               .processors = processors.all()});
        if (!conversion.missing.empty())
            throw freshet::Error(fmt::format("convert '{}': fields of the inventory are missing: {}",
                                             messages.path().string(), fmt::join(conversion.missing, "; ")));
        processors.report(context);
        if (conversion.repetitions > 0)
            context.warn(
                fmt::format("messages left out that repeat earlier ones in every byte: {}", conversion.repetitions));
        context.log(fmt::format("{} fields in {} variables", conversion.fields, conversion.variables.size()));
    });
    return freshet::Outcome::done;
}

}  // namespace gfs
