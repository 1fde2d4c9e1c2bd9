// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/page/pages.hpp"

#include "scheduler/page/front_page.hpp"
#include "scheduler/page/layout.hpp"
#include "scheduler/page/task_page.hpp"
#include "store/history.hpp"

namespace freshet::scheduler::page {

namespace {

http::Response page(int status, std::string html) {
    return {.status = status,
            .headers = {{"Content-Type", "text/html; charset=utf-8"},
                        {"Content-Security-Policy", content_security_policy()},
                        {"Cache-Control", "no-store"}},
            .body = std::move(html)};
}

/// Calls `read` with the state file; what it cannot tell is left out of the page, which has more to say.
template <class Read>
auto from_file(const PagesOptions& options, Read read) -> decltype(read(std::declval<store::StateFile&>())) {
    if (!options.state_path) return {};
    try {
        auto file = store::StateFile::read(*options.state_path);
        return read(file);
    } catch (const StoreError&) {
        return {};
    }
}

std::vector<store::Backlog> backlogs(const PagesOptions& options) {
    return from_file(options, [](store::StateFile& file) {
        store::Outbox outbox(file);
        std::vector<store::Backlog> all;
        for (const std::string& sink : outbox.sinks()) all.push_back(outbox.backlog(sink));
        return all;
    });
}

http::Response answer_of_task(const PagesOptions& options, TaskFacts facts) {
    facts.version = options.version;
    facts.past = from_file(options, [&](store::StateFile& file) {
        store::History history(file);
        return read_past(history, facts.id);
    });
    return facts.is_known() ? page(200, task_page(facts)) : page(404, no_task_page(facts));
}

}  // namespace

Pages::Pages(const Look& look, const Clock& clock, PagesOptions options)
    : options_(std::move(options)),
      look_(look),
      snapshot_(look, take_snapshot, clock, options_.lasts),
      figures_(look, take_figures, clock, options_.lasts) {}

void Pages::front(std::optional<std::chrono::seconds> refresh, http::Answer answer) {
    snapshot_.get([=, options = options_, answer = std::move(answer)](std::shared_ptr<const Snapshot> snapshot) {
        answer([=] {
            return page(200, front_page(*snapshot, {options.version, backlogs(options), refresh, options.refusals()}));
        });
    });
}

void Pages::task(std::string id, http::Answer answer) {
    look_([id = std::move(id), options = options_, answer = std::move(answer)](const State& state, Time now) {
        TaskFacts facts{.id = id, .now = now, .known = take_task(state.board(), id, now)};
        answer([options, facts = std::move(facts)] { return answer_of_task(options, facts); });
    });
}

void Pages::metrics(http::Answer answer) {
    figures_.get([options = options_, answer = std::move(answer)](std::shared_ptr<const Figures> figures) {
        answer([=] {
            return http::Response{.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                                  .body = page::metrics(*figures, {options.version, backlogs(options),
                                                                   options.loop_times(), options.refusals().count})};
        });
    });
}

}  // namespace freshet::scheduler::page
