// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/rule.hpp"

#include "event/sinks.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"
#include "notify/command_sink.hpp"
#include "notify/email_sink.hpp"
#include "notify/notification.hpp"
#include "store/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace freshet::notify {

namespace {

using event::SinkConfig;

constexpr std::string_view recovered = "recovered";

/// Gives notifications to another sink, under the name of the rule.
class NotificationSink final : public Sink {
public:
    NotificationSink(const std::string& rule, std::unique_ptr<Sink> sink)
        : name_(fmt::format("{}{}", store::Outbox::notification_sink_prefix, rule)), sink_(std::move(sink)) {}

    void deliver(const Event& event) override {
        if (event.type != store::Outbox::notification_type)
            throw Error(fmt::format("deliver event '{}' to {}: it is no notification", event.id, name_));
        sink_->deliver(event);
    }
    std::string name() const override { return name_; }

private:
    std::string name_;
    std::unique_ptr<Sink> sink_;
};

std::unique_ptr<Sink> make_email_sink(const SinkConfig& table, const EmailConfig& email) {
    auto recipients = table.list("to");
    if (recipients.empty()) recipients = email.recipients;
    if (recipients.empty()) table.reject("the key 'to' is missing, and so is [email] receiver");
    for (const std::string& recipient : recipients)
        if (recipient.find_first_of("\r\n") != recipient.npos) table.reject("a recipient has a line break");
    return std::make_unique<EmailSink>(email, std::move(recipients));
}

std::unique_ptr<Sink> make_notified_webhook(const SinkConfig& table, const EmailConfig& /*email*/) {
    const std::string format = table.text("format").value_or("event");
    if (format != "event" && format != "chat") table.reject("the key 'format' is neither \"event\" nor \"chat\"");
    return event::make_webhook_sink(table, format == "chat" ? chat_json : nullptr);
}

std::unique_ptr<Sink> make_command_sink(const SinkConfig& table, const EmailConfig& /*email*/) {
    auto command = table.list("command");
    if (command.empty()) table.reject("the key 'command' is missing");
    return std::make_unique<CommandSink>(std::move(command));
}

std::vector<std::string> with_format(std::vector<std::string> keys) {
    keys.emplace_back("format");
    return keys;
}

struct RuleType {
    std::string_view name;
    std::vector<std::string> keys;
    std::unique_ptr<Sink> (*make)(const SinkConfig& table, const EmailConfig& email);
};

const std::vector<RuleType>& rule_types() {
    static const std::vector<RuleType> types = {{"email", {"to"}, make_email_sink},
                                                {"webhook", with_format(event::webhook_keys()), make_notified_webhook},
                                                {"command", {"command"}, make_command_sink}};
    return types;
}

const RuleType& type_of(const Json& table) {
    const Json* type = table.find("type");
    if (type == nullptr || !type->is_string()) throw ParameterError("[[notification]]: the key 'type' is missing");
    const auto found = std::ranges::find(rule_types(), type->as_string(), &RuleType::name);
    if (found != rule_types().end()) return *found;
    std::vector<std::string> names;
    for (const RuleType& known : rule_types()) names.emplace_back(known.name);
    throw ParameterError(
        fmt::format("[[notification]]: unknown type '{}'{}", type->as_string(), suggestion(type->as_string(), names)));
}

/// Reads the key 'states', of which "recovered" is one.
void read_states(const SinkConfig& table, Rule& rule) {
    const auto names = table.list("states");
    if (names.empty()) return;
    rule.filter.states.clear();
    rule.tells_recovery = std::ranges::find(names, recovered) != names.end();
    auto known = problem_state_names();
    known.emplace_back(recovered);
    for (const std::string& name : names) {
        if (const auto state = problem_state_from(name))
            rule.filter.states.push_back(*state);
        else if (name != recovered)
            table.reject(fmt::format("unknown state '{}'{}", name, suggestion(name, known)));
    }
}

std::chrono::milliseconds read_seconds(const SinkConfig& table, std::string_view key,
                                       std::chrono::milliseconds otherwise) {
    constexpr double max_seconds = 1e9;
    const auto seconds = table.number(key);
    if (!seconds) return otherwise;
    if (!(*seconds >= 0 && *seconds <= max_seconds)) table.reject(fmt::format("'{}' is no number of seconds", key));
    return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

Json::Array state_names(const Rule& rule) {
    Json::Array names;
    for (const ProblemState state : rule.filter.states) names.emplace_back(text(state));
    if (rule.tells_recovery) names.emplace_back(recovered);
    return names;
}

/// Without `families`, whose default no pattern says: all of them, workers and the disk.
Json with_defaults(Json table, const Rule& rule, const EmailConfig& email) {
    const auto add = [&](const std::string& key, Json value) {
        if (!table.find(key)) table[key] = std::move(value);
    };
    if (table.at("type") == Json("email")) add("to", Json::Array(email.recipients.begin(), email.recipients.end()));
    add("states", state_names(rule));
    add("min_free", static_cast<std::int64_t>(rule.filter.min_free / 1'000'000));
    add("late_after", rule.filter.late_after.count());
    add("window", std::chrono::duration_cast<std::chrono::seconds>(rule.window).count());
    return table;
}

Rule read_rule(const Json& values, const EmailConfig& email) {
    const RuleType& type = type_of(values);
    std::vector<std::string> keys = {"name", "families", "states", "late_after", "min_free", "window"};
    keys.insert(keys.end(), type.keys.begin(), type.keys.end());
    const SinkConfig table(values, std::string(type.name), std::move(keys), "notification");
    Rule rule{.name = table.required_text("name"), .table = values.text()};
    if (rule.name.find('/') != rule.name.npos) table.reject("the name has a '/'");
    rule.filter.families = table.list("families");
    read_states(table, rule);
    rule.filter.late_after =
        std::chrono::duration_cast<std::chrono::seconds>(read_seconds(table, "late_after", rule.filter.late_after));
    if (const auto megabytes = table.number("min_free")) {
        if (!(*megabytes >= 0 && *megabytes <= 1e9)) table.reject("'min_free' is no number of megabytes");
        rule.filter.min_free = static_cast<std::uintmax_t>(*megabytes * 1e6);
    }
    rule.window = read_seconds(table, "window", rule.window);
    rule.sink = std::make_shared<NotificationSink>(rule.name, type.make(table, email));
    rule.shown = with_defaults(values, rule, email);
    return rule;
}

}  // namespace

std::vector<Rule> read_rules(const Config& config, const EmailConfig& email) {
    std::vector<Rule> rules;
    for (const ConfigTable& table : config.tables("notification")) {
        try {
            rules.push_back(read_rule(table.values, email));
        } catch (const Error& error) {
            throw ConfigError(fmt::format("{}: {}", table.origin, error.what()));
        }
        if (std::ranges::count(rules, rules.back().name, &Rule::name) > 1)
            throw ConfigError(
                fmt::format("{}: two [[notification]] have the name '{}'", table.origin, rules.back().name));
    }
    return rules;
}

std::vector<ConfigTable> shown_tables(const Config& config, const std::vector<Rule>& rules) {
    std::vector<ConfigTable> tables = config.tables("notification");
    for (std::size_t i = 0; i < tables.size(); ++i) tables[i].values = rules.at(i).shown;
    return tables;
}

std::vector<Rule> read_rules(const Config& config) { return read_rules(config, read_email_config(config)); }

}  // namespace freshet::notify
