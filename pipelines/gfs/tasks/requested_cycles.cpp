// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/dataset_status.hpp"
#include "tasks/retention.hpp"
#include "tasks/watch.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

namespace files = std::filesystem;
using freshet::Json;

constexpr std::string_view record_name = "requested.json";

Json to_json(const RequestedCycles& requested, const Product& product) {
    Json leads = Json::object();
    for (const auto& [cycle, hours] : requested.leads)
        leads[freshet::Codec<Cycle>::write(cycle)] = Leads::from_hours(hours, product).text();
    Json record = Json::Object{{"leads", std::move(leads)}};
    if (requested.since) record["since"] = freshet::Codec<Cycle>::write(*requested.since);
    return record;
}

void add_leads(RequestedCycles& requested, Cycle cycle, const std::vector<int>& hours) {
    std::vector<int> all;
    std::ranges::set_union(requested.leads[cycle], hours, std::back_inserter(all));
    requested.leads[cycle] = std::move(all);
    while (requested.leads.size() > RequestedCycles::remembered) requested.leads.erase(requested.leads.begin());
}

}  // namespace

std::vector<int> RequestedCycles::usual_leads() const {
    std::map<std::vector<int>, int> counts;
    for (const auto& [cycle, hours] : leads) ++counts[hours];
    const auto usual = std::ranges::max_element(
        counts, {}, [](const auto& counted) { return std::pair(counted.second, counted.first.size()); });
    return usual == counts.end() ? std::vector<int>{} : usual->first;
}

RequestedCycles requested_cycles(const files::path& dataset_folder, const Product& product) try {
    RequestedCycles requested;
    const files::path file = dataset_folder / record_name;
    if (!files::exists(file)) return requested;
    const Json record = Json::parse(freshet::read_file(file));
    for (const auto& [cycle, leads] : record.at("leads").as_object())
        requested.leads[freshet::Codec<Cycle>::read(cycle)] = Leads::parse(leads.as_string()).hours(product);
    if (const Json* since = record.find("since")) requested.since = freshet::Codec<Cycle>::read(since->as_string());
    return requested;
} catch (const freshet::Error& error) {
    throw freshet::Error(fmt::format("read '{}': {}", (dataset_folder / record_name).string(), error.what()));
}

std::optional<Cycle> requested_since(const freshet::AnyTask& root, std::optional<Cycle> since) {
    const auto parameters = ingest_parameters(root);
    const freshet::Values values = root.values();
    if (const auto own = values.find("since"); own != values.end()) since = freshet::Codec<Cycle>::read(own->second);
    if (!since || !parameters || parameters->keep_cycles < 1) return since;
    return std::max(*since, parameters->cycle - (parameters->keep_cycles - 1) * cycle_interval);
}

void record_request(const freshet::FinishedRun& end) {
    const auto parameters = ingest_parameters(end.root);
    if (!parameters || end.root.type().family == freshet::TaskType::of<Watch>().family) return;
    const files::path folder = parameters->paths().dataset_folder();
    if (!files::is_directory(folder)) return;  // the run has not come as far as naming the dataset
    const Product& product = find_product(parameters->product);
    const auto lock = freshet::FileLock::acquire(folder);
    RequestedCycles requested = requested_cycles(folder, product);
    const Json before = to_json(requested, product);
    add_leads(requested, parameters->cycle, parameters->leads.hours(product));
    requested.since = requested_since(end.root, requested.since);
    if (const Json after = to_json(requested, product); after != before)
        freshet::write_file_atomically(folder / record_name, after.pretty());
}

}  // namespace gfs
