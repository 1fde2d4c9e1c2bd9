// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/task_actions.hpp"

#include "base/time.hpp"
#include "dashboard/components.hpp"

#include <array>
#include <string>

namespace freshet::dashboard {

namespace {

/// A change by an RPC of the scheduler whose only argument is the task.
struct Action {
    Literal method;
    Literal label;
    Literal effect;
    bool (*applies)(const TaskSnapshot&);
};

bool is_failed(const TaskSnapshot& task) { return task.ref.status == Status::failed; }
bool is_running(const TaskSnapshot& task) { return task.ref.status == Status::running; }
bool has_ended_badly(const TaskSnapshot& task) { return is_failed(task) || task.ref.status == Status::disabled; }

constexpr std::array actions = {
    Action{"forgive_failures", "Retry now",
           "The task becomes PENDING: the next free worker that can run it takes it, without waiting for its back-off.",
           is_failed},
    Action{
        "re_enable_task", "Re-enable", "The failures that disabled the task are forgotten, and it is retried.",
        [](const TaskSnapshot& task) { return task.ref.status == Status::disabled && task.is_disabled_by_scheduler; }},
    Action{"cancel_task", "Cancel the attempt",
           "The worker stops the attempt that runs. The task becomes FAILED and is not retried until you retry it.",
           is_running},
    Action{"mark_as_done", "Mark as done",
           "The task becomes DONE and those that require it go on, whether or not its output is there.",
           [](const TaskSnapshot& task) { return is_running(task) || has_ended_badly(task); }},
};

Html data_field(const Json& arguments) {
    return void_element("input", {{"type", "hidden"}, {"name", "data"}, {"value", arguments.text()}});
}

Html form(std::string_view method, const Html& fields, Literal label) {
    return tag("form", {{"method", "post"}, {"action", "../api/" + std::string(method)}}, fields, " ",
               tag("button", Html::markup(label)));
}

/// Folded up until the operator asks what it does.
Html folded(Literal label, const Html& effect, const Html& content) {
    return tag("details", {{"class", "action"}}, tag("summary", Html::markup(label)), tag("p", effect), content);
}

Html plain_action(const Action& action, const TaskSnapshot& task) {
    const Json arguments = Json::Object{{"task_id", task.ref.id}};
    return folded(action.label, Html::markup(action.effect),
                  form(action.method.text(), data_field(arguments), action.label));
}

Html acknowledge(const TaskSnapshot& task) {
    const Json arguments = Json::Object{{"task_id", task.ref.id}, {"before", epoch_seconds(task.taken)}};
    return folded("Acknowledge",
                  Html::markup("The failure is no alert any more, until the task fails again. Nothing is retried."),
                  form("acknowledge_failures", data_field(arguments), "Acknowledge"));
}

Html set_priority(const TaskSnapshot& task) {
    constexpr std::array priorities = {1000, 100, 10, 1, 0, -1, -10, -100};
    Html choices;
    for (const int priority : priorities) {
        const Json arguments = Json::Object{{"task_id", task.ref.id}, {"priority", priority}};
        choices.append(tag("option", {{"value", arguments.text()}}, std::to_string(priority)));
    }
    return folded(
        "Set the priority",
        Html::markup("Of the tasks that are ready, those of greater priority run first. What it requires gets "
                     "the same priority if its own is lower."),
        form("set_task_priority", tag("label", Html::markup("Priority "), tag("select", {{"name", "data"}}, choices)),
             "Set the priority"));
}

Html send_message(const TaskSnapshot& task) {
    const Json arguments = Json::Object{{"worker", task.runner}, {"task", task.ref.id}};
    const Html content = tag("label", Html::markup("Message "),
                             void_element("input", {{"name", "content"}, {"required", ""}, {"maxlength", "4000"}}));
    return folded("Send a message", Html::markup("The task gets the text while it runs, and decides what to do."),
                  form("send_scheduler_message", Html::of(data_field(arguments), content), "Send"));
}

Html rerun(const TaskSnapshot& task) {
    if (task.rerun_worker.empty())
        return tag("p", Html::markup("No worker that could run it again is connected: its program does, with "),
                   tag("code", "run TASK --rerun " + task.ref.id), Html::markup("."));
    Html choices;
    for (const bool downstream : {false, true}) {
        const Json arguments = Json::Object{{"task_id", task.ref.id}, {"downstream", downstream}};
        choices.append(tag("option", {{"value", arguments.text()}},
                           downstream ? "and the DONE tasks that require it" : "only this task"));
    }
    return folded(
        "Run again",
        Html::of(Html::markup("The worker "), task.rerun_worker,
                 Html::markup(" moves the outputs aside, where they stay recoverable, and makes them again.")),
        form("rerun_task", tag("label", Html::markup("What "), tag("select", {{"name", "data"}}, choices)),
             "Run again"));
}

}  // namespace

Html task_actions(const TaskSnapshot& task) {
    Html all;
    for (const Action& action : actions)
        if (action.applies(task)) all.append(plain_action(action, task));
    if (task.has_alert) all.append(acknowledge(task));
    if (task.ref.status == Status::pending) all.append(set_priority(task));
    if (task.ref.status == Status::done) all.append(rerun(task));
    if (is_running(task) && task.accepts_messages) all.append(send_message(task));
    return all.empty() ? Html() : section("actions", Html::markup("Actions"), all);
}

}  // namespace freshet::dashboard
