// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/codec.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace freshet;
using namespace freshet::rpc;
using Catch::Matchers::Contains;

namespace {

template <class R>
R decoded(std::string_view method, std::string_view arguments) {
    return std::get<R>(decode(method, Json::parse(arguments)));
}

}  // namespace

TEST_CASE("arguments that are missing or null have their defaults", "[wire]") {
    const auto task = decoded<AddTask>("add_task", R"({"worker":"W","task_id":"A__1","resources":null,"deps":null})");
    CHECK(task == AddTask{.worker = "W", .task_id = "A__1"});
}

TEST_CASE("a null runnable is no", "[wire]") {
    CHECK_FALSE(decoded<AddTask>("add_task", R"({"worker":"W","task_id":"A","runnable":null})").runnable);
}

TEST_CASE("an empty list of dependencies is not the same as none", "[wire]") {
    const auto task = decoded<AddTask>("add_task", R"({"worker":"W","task_id":"A","deps":[]})");
    CHECK(task.deps == std::vector<std::string>{});
}

TEST_CASE("unknown arguments are ignored", "[wire]") {
    CHECK(decoded<Ping>("ping", R"({"worker":"W","mood":"good"})").worker == "W");
}

TEST_CASE("a missing required argument is named", "[wire]") {
    CHECK_THROWS_WITH(decode("get_work", Json::object()), "get_work: argument 'worker' is missing");
}

TEST_CASE("a retry of neither a task nor a family is refused", "[wire]") {
    for (const char* arguments : {"{}", R"({"dry_run":true})", R"({"task_id":null,"family":null})"})
        CHECK_THROWS_WITH(decode("retry_tasks", Json::parse(arguments)),
                          "retry_tasks: argument 'task_id' or 'family' is missing");
    CHECK(decoded<RetryTasks>("retry_tasks", R"({"family":"A"})").family == "A");
    CHECK(decoded<RetryTasks>("retry_tasks", R"({"task_id":"A_1"})").task_id == "A_1");
}

TEST_CASE("an argument of another kind is named with its value", "[wire]") {
    CHECK_THROWS_WITH(decode("add_task", Json::parse(R"({"worker":"W","task_id":"A","priority":"high"})")),
                      "add_task: argument 'priority': '\"high\"' is not a number");
}

TEST_CASE("an unknown method is refused", "[wire]") {
    CHECK_THROWS_WITH(decode("add_tusk", Json::object()), "add_tusk: there is no such method");
}

TEST_CASE("a worker's facts come as pairs or as an object", "[wire]") {
    const Json::Object facts{{"workers", 2}, {"host", "vm"}};
    CHECK(decoded<AddWorker>("add_worker", R"({"worker":"W","info":[["workers",2],["host","vm"]]})").info == facts);
    CHECK(decoded<AddWorker>("add_worker", R"({"worker":"W","info":{"workers":2,"host":"vm"}})").info == facts);
}

TEST_CASE("an infinite batch size is unlimited in both directions", "[wire]") {
    const auto batcher = decoded<AddTaskBatcher>(
        "add_task_batcher", R"({"worker":"W","task_family":"F","batched_args":["d"],"max_batch_size":Infinity})");
    CHECK_FALSE(batcher.max_batch_size);
    CHECK(encode(Request(batcher)).arguments.text() ==
          R"({"worker":"W","task_family":"F","batched_args":["d"],"max_batch_size":Infinity})");
}

TEST_CASE("a worker that does not ask for leases is shown none", "[wire]") {
    CHECK_FALSE(decoded<GetWork>("get_work", R"({"worker":"W"})").leases);
    CHECK(decoded<GetWork>("get_work", encode(Request(GetWork{.worker = "W"})).arguments.text()).leases);
}

TEST_CASE("what a C++ worker says comes back the same from JSON", "[wire]") {
    const AddTask task{.worker = "W",
                       .task_id = "A__1",
                       .status = Status::failed,
                       .deps = {{"B"}},
                       .expl = "\"no\"",
                       .resources = {{{"db", 2}}},
                       .priority = 1.5,
                       .family = "A",
                       .params = {{"x", "1"}, {"a", "\u00e9"}},
                       .retry_policy_dict = RetryPolicy{.retry_count = 3, .attempts = 2},
                       .lease = 7,
                       .failure = Failure{FailureClass::throttled, std::chrono::seconds(30), true},
                       .events = {Event{.id = "1", .source = "/s", .type = "t", .subject = "u", .key = "k", .data = 1}},
                       .attempt = Json::Object{{"host", "vm"}}};
    const Call call = encode(Request(task));
    CHECK(call.method == "add_task");
    CHECK(decoded<AddTask>(call.method, call.arguments.text()) == task);
}

TEST_CASE("a plain report carries no word that Luigi does not know", "[wire]") {
    const Json arguments = encode(Request(AddTask{.worker = "W", .task_id = "A"})).arguments;
    for (const char* word : {"lease", "failure", "events", "attempt"}) CHECK(arguments.find(word) == nullptr);
}

TEST_CASE("a question for work carries families and a wait only where they are given", "[wire]") {
    const Json plain = encode(Request(GetWork{.worker = "W"})).arguments;
    for (const char* word : {"families", "except_families", "wait", "only_lost"}) CHECK(plain.find(word) == nullptr);
    const Call call = encode(
        Request(GetWork{.worker = "W", .families = {"Convert", "Fetch"}, .except_families = {"Fetch"}, .wait = 2.5}));
    const auto question = decoded<GetWork>(call.method, call.arguments.text());
    CHECK(question.families == std::vector<std::string>{"Convert", "Fetch"});
    CHECK(question.except_families == std::vector<std::string>{"Fetch"});
    CHECK(question.wait == 2.5);
}

TEST_CASE("many registrations travel in one call", "[wire]") {
    const Call call =
        encode(Request(RegisterTasks{{{.worker = "W", .task_id = "A"}, {.worker = "W", .task_id = "B"}}}));
    CHECK(call.method == "register_tasks");
    const auto request = decoded<RegisterTasks>(call.method, call.arguments.text());
    REQUIRE(request.tasks.size() == 2);
    CHECK(request.tasks[1].task_id == "B");
}

TEST_CASE("no work is a null task, without a batch", "[wire]") {
    CHECK(encode(Response(Work{})).text() ==
          R"({"n_pending_tasks":0,"n_unique_pending":0,"n_pending_last_scheduled":0,"worker_state":"active",)"
          R"("running_tasks":[],"task_id":null})");
}

TEST_CASE("a batch has a null task and its batched parameters as lists", "[wire]") {
    const Work work{.pending = {},
                    .assignment = BatchAssignment{.family = "F",
                                                  .module = "m",
                                                  .params = {{"d", "1"}, {"k", "a"}},
                                                  .batched = {{"d", {"1", "2"}}},
                                                  .batch_id = "b",
                                                  .task_ids = {"F_1", "F_2"}}};
    const Json json = encode(Response(work));
    CHECK(json.at("task_id").is_null());
    CHECK(json.at("task_params").text() == R"({"d":["1","2"],"k":"a"})");
    CHECK(json.at("batch_task_ids").text() == R"(["F_1","F_2"])");
}

TEST_CASE("every status has a word that leads back to it", "[wire]") {
    for (std::size_t i = 0; i < status_texts.size(); ++i) CHECK(status_from(status_texts[i]) == static_cast<Status>(i));
    CHECK_FALSE(status_from("BUSY"));
}

TEST_CASE("what Python's workers say of numbers is taken as Python does", "[wire]") {
    const auto task = [](const std::string& member) {
        return decoded<AddTask>("add_task", R"({"worker":"W","task_id":"A",)" + member + "}");
    };
    CHECK(task(R"("priority":true)").priority == 1);
    CHECK(task(R"("resources":{"r":true,"s":0.5,"t":1.0})").resources == Resources{{"r", 1}, {"s", 1}, {"t", 1}});
    CHECK(task(R"("retry_policy_dict":{"retry_count":1.5})").retry_policy_dict->retry_count == 2);
    CHECK(task(R"("retry_policy_dict":{"retry_count":Infinity})").retry_policy_dict->retry_count ==
          std::numeric_limits<std::int64_t>::max());
    CHECK(task(R"("accepts_messages":"yes")").accepts_messages == true);
    CHECK(task(R"("batchable":[0])").batchable == true);
    CHECK(task(R"("batchable":"")").batchable == false);
    CHECK_THROWS_WITH(task(R"("resources":{"r":NaN})"), Contains("'NaN' is not a whole number"));
    CHECK_THROWS_WITH(task(R"("priority":"high")"), Contains("is not a number"));
    CHECK_THROWS_WITH(decode("update_resources", Json::parse(R"({"r":1.5})")),
                      Contains("'1.5', which is not a whole number"));
}

TEST_CASE("some of what is required may be null", "[wire]") {
    CHECK(decoded<UpdateResource>("update_resource", R"({"resource":"r","amount":null})").amount.is_null());
    CHECK(decoded<DepGraph>("dep_graph", R"({"task_id":null})").task_id.empty());
    CHECK_THROWS_WITH(decode("dep_graph", Json::object()), Contains("argument 'task_id' is missing"));
}
