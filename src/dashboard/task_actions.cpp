// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_actions.hpp"

#include "base/printable.hpp"
#include "base/time.hpp"
#include "dashboard/action_form.hpp"
#include "dashboard/components.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_command_length = 1'000;

bool is_failed(const TaskSnapshot& task) { return task.ref.status == Status::failed; }
bool can_be_re_enabled(const TaskSnapshot& task) {
    return task.ref.status == Status::disabled && task.is_disabled_by_scheduler;
}
bool is_running(const TaskSnapshot& task) { return task.ref.status == Status::running; }
bool has_ended_badly(const TaskSnapshot& task) { return is_failed(task) || task.ref.status == Status::disabled; }

constexpr std::array all_actions = {
    TaskAction{"retry", "retry_tasks", "Retry now",
               "The task becomes PENDING: the next free worker that can run it takes it, without waiting for its "
               "back-off.",
               [](const TaskSnapshot& task) { return is_failed(task) || can_be_re_enabled(task); }, "retry", "", true},
    TaskAction{"re_enable", "re_enable_task", "Re-enable",
               "The failures that disabled the task are forgotten: it is FAILED, and retried after its delay.",
               can_be_re_enabled},
    TaskAction{"cancel", "cancel_task", "Cancel the attempt",
               "The worker stops the attempt that runs. The task becomes FAILED and is not retried until you retry it.",
               is_running, "cancel"},
    TaskAction{"mark_as_done", "mark_as_done", "Mark as done",
               "The task becomes DONE and those that require it go on, whether or not its output is there.",
               [](const TaskSnapshot& task) { return is_running(task) || has_ended_badly(task); }, "done"},
    TaskAction{"acknowledge", "acknowledge_failures", "Acknowledge",
               "The failure is no alert any more, until the task fails again. Nothing is retried.",
               [](const TaskSnapshot& task) { return task.has_alert; }, "acknowledge"},
    TaskAction{"set_priority", "set_task_priority", "Set the priority",
               "Of the tasks that are ready, those of greater priority run first. What it requires gets the same "
               "priority if its own is lower.",
               [](const TaskSnapshot& task) { return task.ref.status == Status::pending; }, "", "priority"},
    TaskAction{"send_message", "send_scheduler_message", "Send a message",
               "The task gets the text while it runs, and decides what to do.",
               [](const TaskSnapshot& task) { return is_running(task) && task.accepts_messages; }, "", "content"},
    TaskAction{"rerun", "rerun_task", "Run again",
               "A worker moves the outputs aside, where they can be recovered, and makes them again. What the task "
               "requires runs before it where its output is not there any more.",
               [](const TaskSnapshot& task) { return !task.rerun_worker.empty(); }, "rerun", "downstream"},
};

/// A choice of values of the operand, by their labels: each is sent with the other arguments.
Html choice(const TaskAction& action, const Json& arguments, Literal label,
            const std::vector<std::pair<std::string, Json>>& values) {
    Html choices;
    for (const auto& [text, value] : values) {
        Json chosen = arguments;
        chosen[action.operand] = value;
        choices.append(tag("option", {{"value", field_value(chosen)}}, text));
    }
    return tag("label", Html::markup(label), " ", tag("select", {{"name", "data"}}, choices));
}

bool is_choice(const TaskAction& action) { return action.operand == "priority" || action.operand == "downstream"; }

/// The field for the operand, of an action that has one.
Html operand_field(const TaskAction& action, const Json& arguments) {
    if (action.operand.empty()) return {};
    if (action.operand == "content")
        return tag("label", Html::markup("Message "),
                   void_element("input", {{"name", "content"}, {"required", ""}, {"maxlength", "4000"}}));
    if (action.operand == "downstream")
        return choice(action, arguments, "Run again",
                      {{"this task", false}, {"this task and the DONE tasks that require it", true}});
    std::vector<std::pair<std::string, Json>> priorities;
    for (const int priority : {1000, 100, 10, 1, 0, -1, -10, -100})
        priorities.emplace_back(std::to_string(priority), priority);
    return choice(action, arguments, "Priority", priorities);
}

/// Returns "gfs work --scheduler URL", with the URL of the command.
std::string work_command(const store::RunRow& run) {
    constexpr std::string_view option = "--scheduler ";
    const auto begin = run.command.find(option);
    if (begin == run.command.npos) return {};
    const auto url = begin + option.size();
    return fmt::format("{} work {}{}", run.program, option, run.command.substr(url, run.command.find(' ', url) - url));
}

/// Names the commands that start a worker for the task.
Html effect_without_worker(const std::optional<store::RunRow>& run) {
    Html effect = Html::markup("The task becomes PENDING, but no connected worker can run it: ");
    if (!run || run->command.empty()) return effect.append(Html::markup("start its program again."));
    effect.append(Html::of(Html::markup("start "), tag("code", shortened(run->command, max_command_length))));
    if (const std::string work = work_command(*run); !work.empty())
        effect.append(Html::of(Html::markup(" or "), tag("code", shortened(work, max_command_length))));
    return effect.append(Html::markup("."));
}

Html form_of(const TaskAction& action, const TaskSnapshot& task, const std::optional<store::RunRow>& run) {
    const Json arguments = arguments_of(action, task);
    const bool lacks_worker = action.needs_worker && !task.can_be_run_now;
    return action_form({.label = action.label,
                        .method = action.method,
                        .effect = lacks_worker ? effect_without_worker(run) : Html::markup(action.effect),
                        .arguments = is_choice(action) ? Json() : arguments,
                        .fields = operand_field(action, arguments),
                        .home = "../",
                        .id = std::string(action.name.text())});
}

/// Where no worker can be asked; else empty.
Html rerun_hint(const TaskSnapshot& task, const std::string& run_command) {
    if (task.ref.status != Status::done || !task.rerun_worker.empty()) return {};
    const std::string run = run_command.find(" run ") == run_command.npos ? "run TASK" : run_command;
    return tag("p", Html::markup("No worker that could run it again is connected: its program does, with "),
               tag("code", run + " --rerun " + shell_word(task.ref.id)), Html::markup("."));
}

}  // namespace

std::span<const TaskAction> task_actions() { return all_actions; }

std::vector<std::string> actions_of(const TaskSnapshot& task) {
    std::vector<std::string> names;
    for (const TaskAction& action : all_actions)
        if (action.applies(task)) names.emplace_back(action.name.text());
    return names;
}

Json arguments_of(const TaskAction& action, const TaskSnapshot& task) {
    if (action.name.text() == "send_message") return Json::Object{{"worker", task.runner}, {"task", task.ref.id}};
    if (action.name.text() == "acknowledge")  // what the operator has seen
        return Json::Object{{"task_id", task.ref.id}, {"before", epoch_seconds(task.taken)}};
    return Json::Object{{"task_id", task.ref.id}};
}

Html task_actions_section(const TaskSnapshot& task, const std::optional<store::RunRow>& run) {
    Html forms;
    for (const TaskAction& action : all_actions)
        if (action.applies(task)) forms.append(form_of(action, task, run));
    forms.append(rerun_hint(task, run ? run->command : ""));
    return forms.empty() ? Html() : section("actions", Html::markup("Actions"), forms);
}

Html task_commands_section(const TaskSnapshot& task, const std::string& run_command, const std::string& options) {
    Html items;
    for (const TaskAction& action : all_actions)
        if (!action.command.empty() && action.applies(task))
            items.append(tag(
                "li", tag("code", fmt::format("freshet {} {} {}", action.command, shell_word(task.ref.id), options)),
                tag("p", {{"class", "more"}}, Html::markup(action.effect))));
    Html commands;
    if (!items.empty())
        commands =
            Html::of(tag("p", {{"class", "note"}}, Html::markup("These pages only show. Commands change the task:")),
                     tag("ul", {{"class", "list"}, {"role", "list"}}, items));
    commands.append(rerun_hint(task, run_command));
    return commands.empty() ? Html() : section("actions", Html::markup("Actions"), commands);
}

}  // namespace freshet::dashboard
