// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/router.hpp"
#include "base/printable.hpp"
#include "cli/run_config.hpp"
#include "cli/scheduler_access.hpp"
#include "dashboard/live_updates.hpp"
#include "dashboard/pages.hpp"
#include "freshet/codec.hpp"
#include "freshet/http.hpp"
#include "operate/commands.hpp"
#include "operate/end_signal.hpp"
#include "operate/state_copy.hpp"
#include "store/attempt_log_folder.hpp"
#include "store/attempt_log_store.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <ostream>
#include <utility>

namespace freshet::operate {

namespace {

/// The pages of a state on a port of this machine, for its users, who can change nothing by them.
class PageServer {
public:
    PageServer(const std::filesystem::path& state, scheduler::Config limits, std::uint16_t port, const Clock& clock)
        : copy_(state, std::move(limits), clock),
          logs_(store::attempt_logs_folder(state), std::chrono::days(0)),  // which are only read
          pages_([this](const auto& visitor) { copy_.inspect(visitor); }, clock,
                 {.version = FRESHET_VERSION,
                  .state_path = state,
                  .logs = &logs_,
                  .commands = "--state " + shell_word(state.string()),
                  .query = [this](auto query, auto on_done,
                                  auto is_connected) { copy_.query(std::move(query), on_done, is_connected); }}),
          router_(
              copy_, clock,
              {.access = {.roles_without_tokens = api::Role::view},
               .error_page = [this](int status, const std::string& reason) { return pages_.error(status, reason); }}) {
        for (api::Route& route : dashboard::page_routes(pages_)) router_.add(std::move(route));
        for (api::Route& route : dashboard::live_routes(live_updates_)) router_.add(std::move(route));
        server_.emplace(
            http::ServerOptions{.port = port,
                                .check_header = [this](const auto& header) { return router_.check_header(header); }},
            [this](http::Request request, const http::Responder& respond) {
                router_.handle(std::move(request), respond);
            });
    }

    PageServer(const PageServer&) = delete;
    PageServer& operator=(const PageServer&) = delete;
    ~PageServer() { live_updates_.stop(); }

    std::string address() const { return fmt::format("http://127.0.0.1:{}/", server_->port()); }

private:
    StateCopy copy_;
    const store::AttemptLogStore logs_;
    dashboard::Pages pages_;
    dashboard::LiveUpdates live_updates_{[this] { return copy_.last_change(); }};
    api::Router router_;
    std::optional<http::Server> server_;  // last: it uses all of the above
};

/// The port of --port; by default a free one. Throws ParameterError.
std::uint16_t read_port(const cli::ParsedCommand& parsed) {
    const auto text = parsed.option("port");
    if (!text) return 0;
    const int port = Codec<int>::read(*text);
    if (port < 0 || port > 65'535) throw ParameterError(fmt::format("--port: '{}' is no port", *text));
    return static_cast<std::uint16_t>(port);
}

}  // namespace

ExitStatus page_command(const cli::CommandContext& context) {
    const cli::SchedulerAccess scheduler(context);
    if (scheduler.is_remote())
        throw ParameterError(
            fmt::format("page: --state FILE is required; the pages of {} are at its own address", scheduler.name()));
    EndSignal end;
    const PageServer server(scheduler.state(), cli::read_limits(context.config), read_port(context.parsed),
                            context.cli.clock);
    context.cli.out << fmt::format("the pages of {} are at {}, until SIGINT ends them (Ctrl-C)\n", scheduler.name(),
                                   server.address())
                    << std::flush;
    end.wait();
    return ExitStatus::success;
}

}  // namespace freshet::operate
