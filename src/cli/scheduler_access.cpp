// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/scheduler_access.hpp"

#include "base/log.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_address.hpp"
#include "cli/state_reader.hpp"
#include "rpc/codec.hpp"
#include "rpc/responses.hpp"
#include "run/event_delivery.hpp"
#include "run/state_owner.hpp"
#include "scheduler/scheduler.hpp"
#include "scheduler/state_writer.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <random>

namespace freshet::cli {

namespace {

constexpr std::string_view local_freshetd = "http://127.0.0.1:8082";

/// The scheduler in another process; nullopt: that of a state.
std::optional<worker::SchedulerAddress> remote_address(const CommandContext& context, const RunConfig& config) {
    if (context.parsed.has("state")) {
        if (context.parsed.has("scheduler"))
            throw ParameterError(fmt::format("{}: either --state or --scheduler", context.parsed.command->name));
        return std::nullopt;
    }
    if (auto address = scheduler_address(context, config)) return address;
    if (config.state || !context.registry.types().empty()) return std::nullopt;
    return scheduler_address(std::string(local_freshetd), config.token_file, context.cli.environment);
}

/// Makes a call once: an operator does not want to wait for a scheduler that is away.
template <class Ask>
auto call_once(const worker::RpcClient& rpc, Ask ask) {
    try {
        return ask();
    } catch (const TransientError& error) {
        constexpr std::string_view others = "; --scheduler URL names another scheduler, --state FILE a state";
        throw worker::UnavailableError(fmt::format("{}{}", error.what(), rpc.name() == local_freshetd ? others : ""));
    }
}

Json call(const worker::RpcClient& rpc, const rpc::Request& request) {
    return call_once(rpc, [&] { return rpc::encode(rpc.call(request)); });
}

Json server_info(const worker::RpcClient& rpc) {
    return call_once(rpc, [&] { return rpc.server_info(); });
}

/// Makes the change in the state itself. Throws store::LockedError while a run holds it.
Json change_here(const std::filesystem::path& file, const CommandContext& context, const rpc::Request& request) {
    const Clock& clock = context.cli.clock;
    auto state = run::open_when_free(file, command_text(context), clock);
    const auto log = make_plain_log(context.cli.err, clock, LogTime::full);
    scheduler::SchedulerOptions options{.config = read_limits(context.config), .seed = std::random_device{}()};
    scheduler::Scheduler scheduler(state, *log, std::move(options), clock.now());
    return rpc::encode(scheduler.execute(std::vector{request}, clock.now()).front());
}

}  // namespace

SchedulerAccess::SchedulerAccess(const CommandContext& context) : context_(context), client_(http::make_client()) {
    const RunConfig config = read_run_config(context.parsed, context.config, context.cli.clock.now());
    if (auto address = remote_address(context, config))
        rpc_.emplace(*std::move(address), *client_);
    else
        state_ = state_path(context, example_root(context));
}

SchedulerAccess::~SchedulerAccess() = default;

std::string SchedulerAccess::name() const {
    return rpc_ ? fmt::format("scheduler '{}'", rpc_->name()) : fmt::format("state '{}'", state_.string());
}

Json SchedulerAccess::query(const rpc::Request& request) {
    return rpc_ ? call(*rpc_, request) : rpc::encode(machine().handle(request, context_.cli.clock.now()));
}

bool SchedulerAccess::has_extension(std::string_view name) const {
    return !rpc_ || rpc::has_extension(server_info(*rpc_), name);
}

Json SchedulerAccess::explain(const std::string& task_id) {
    if (!has_extension(rpc::extension_names::explain)) return {};
    return query(rpc::Explain{.task_id = task_id});
}

Json SchedulerAccess::view(const std::string& path) const {
    if (auto found = find_view(path)) return *std::move(found);
    throw worker::UnavailableError(fmt::format("{} has no /api/v1{}: is it an older freshetd?", name(), path));
}

std::optional<Json> SchedulerAccess::find_view(const std::string& path) const {
    const http::Response response = get_view(path, {404});
    return response.status == 200 ? std::optional(Json::parse(response.body)) : std::nullopt;
}

bool SchedulerAccess::has_view(const std::string& path) const { return get_view(path, {403, 404}).status == 200; }

http::Response SchedulerAccess::get_view(const std::string& path, std::initializer_list<int> accepted) const {
    http::Response response = call_once(*rpc_, [&] { return rpc_->get("/api/v1" + path); });
    if (response.status == 200 || std::ranges::count(accepted, response.status) > 0) return response;
    throw worker::UnavailableError(fmt::format("{}: /api/v1{} returned status {}", name(), path, response.status));
}

Json SchedulerAccess::change(const rpc::Request& request) {
    machine_.reset();
    return rpc_ ? call(*rpc_, request) : change_state(request);
}

/// A run may end, or begin, between the look at its lock and the call.
Json SchedulerAccess::change_state(const rpc::Request& request) {
    if (!std::filesystem::exists(state_)) throw StoreError(fmt::format("there is no state '{}'", state_.string()));
    try {
        return change_here(state_, context_, request);
    } catch (const store::LockedError& error) {
        if (error.mode() == store::LockMode::exclusive)
            throw store::LockedError(fmt::format("{}; for a freshetd give --scheduler URL", error.what()),
                                     error.mode());
        return call(worker::RpcClient(run::state_address(state_), *client_), request);
    }
}

scheduler::StateMachine& SchedulerAccess::machine() {
    if (!machine_) {
        auto file = store::StateFile::open_read_only(state_);
        machine_.emplace(scheduler::restore_machine(file, read_limits(context_.config), context_.cli.clock.now()));
    }
    return *machine_;
}

std::string operator_name() {
    const passwd* account = getpwuid(geteuid());
    return account ? account->pw_name : std::to_string(geteuid());
}

}  // namespace freshet::cli
