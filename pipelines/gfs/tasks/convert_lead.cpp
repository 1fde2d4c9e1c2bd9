// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "checks/data_checks.hpp"
#include "enhance/hourly_rain.hpp"
#include "enhance/wind.hpp"
#include "netcdf/convert.hpp"
#include "source/layout.hpp"
#include "tasks/lead_notes.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/origin.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gfs {

namespace {

/// Whether there are sums among the messages, of which one wants to know what they were before.
bool has_sums(const Origin& origin) {
    return std::ranges::any_of(origin.expected, [](std::string_view line) {
        return line.ends_with("acc fcst") || line.starts_with("SUNSD:");
    });
}

/// Messages, and the note of where they come from.
struct Noted {
    freshet::LocalTarget note;
    freshet::LocalTarget messages;
};

/// What has the sums of one hour earlier: the messages of the lead before if they are there anyway, else its sums
/// alone are fetched. Nothing without such a lead, and while they are being fetched. Checks alone never wait for
/// another lead.
std::optional<Noted> earlier_sums(const ConvertLead& task, const Origin& origin, freshet::Context& context) {
    const int before = task.lead - 1;
    if (!task.enhance || !has_sums(origin)) return std::nullopt;
    if (before < 1 || !find_product(task.product).has_lead(before)) return std::nullopt;
    const FetchMessages whole{task, before};
    if (freshet::AnyTask(whole).complete() && context.need(whole)) return std::make_from_tuple<Noted>(whole.output());
    const FetchSums sums{task, before};
    if (!context.need(sums)) return std::nullopt;
    return std::make_from_tuple<Noted>(sums.output());
}

/// What the file is made of: the lead's own file at upstream, and that of the lead before if sums were taken from it.
freshet::Json sources_of_both(const Origin& origin, const std::optional<Noted>& earlier) {
    freshet::Json::Array sources{to_json(origin.file)};
    if (earlier) sources.push_back(to_json(Origin::parse(earlier->note.read()).file));
    return sources;
}

/// What goes along with a conversion, as the task's parameters say.
class Company {
public:
    Company(const ConvertLead& task, const std::optional<Noted>& earlier)
        : task_(task),
          sums_(earlier ? std::make_optional<EarlierSums>(earlier->messages.path(), task.area) : std::nullopt),
          rain_(sums_ ? &*sums_ : nullptr),
          checks_(sums_ ? &*sums_ : nullptr) {}

    std::vector<Companion*> members() {
        std::vector<Companion*> all;
        if (task_.enhance) all = {&winds_, &rain_};
        if (task_.checks != Checks::off) all.push_back(&checks_);  // last, so that it sees what the others add
        return all;
    }

    /// Tells what the checks found, and throws Error where that is not to be published.
    void report(freshet::Context& context) const {
        if (task_.checks == Checks::off) return;
        auto warned = freshet::Json::array();
        std::vector<std::string> texts;
        for (const Finding& finding : checks_.findings()) {
            warned.push_back(
                freshet::Json::Object{{"check", finding.check}, {"field", finding.field}, {"what", finding.what}});
            texts.push_back(finding.text());
        }
        context.note("checks", freshet::Json::Object{{"passed", checks_.passed()}, {"warned", std::move(warned)}});
        if (task_.checks == Checks::refuse && !texts.empty())
            throw freshet::Error(fmt::format("check the data of lead {}: {}", task_.lead, fmt::join(texts, "; ")));
        for (const std::string& text : texts) context.warn(text);
    }

private:
    const ConvertLead& task_;
    std::optional<EarlierSums> sums_;
    Winds winds_;
    HourlyRain rain_;
    DataChecks checks_;
};

/// "0.25" of "pgrb2.0p25".
std::string resolution(std::string_view product) {
    std::string digits(product.substr(product.find('.') + 1));
    std::ranges::replace(digits, 'p', '.');
    return digits;
}

}  // namespace

freshet::Outcome ConvertLead::run(freshet::Context& context) const {
    const auto [note, messages] = freshet::inputs(*this);
    const Origin origin = Origin::parse(note.read());
    const auto earlier = earlier_sums(*this, origin, context);
    if (!context.missing().empty()) return freshet::Outcome::waiting;
    context.note(sources_note, sources_of_both(origin, earlier));
    Company company(*this, earlier);
    output().create([&](const auto& temporary) {
        const Conversion made = convert({.grib = messages.path(),
                                         .netcdf = temporary,
                                         .dataset = {.id = store().dataset(),
                                                     .title = fmt::format("NOAA GFS forecast, {} degree", resolution(product)),
                                                     .date_created = origin.last_modified,
                                                     .code_version = context.code_version()},
                                         .expected = origin.expected,
                                         .unknown = unknown,
                                         .area = area,
                                         .companions = company.members()});
        if (!made.missing.empty())
            throw freshet::Error(fmt::format("convert '{}': the inventory names what the file does not hold: {}",
                                             messages.path().string(), fmt::join(made.missing, "; ")));
        company.report(context);
        context.log(fmt::format("{} fields in {} variables", made.fields, made.variables.size()));
    });
    return freshet::Outcome::done;
}

}  // namespace gfs
