// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/attempt_protocol.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <array>
#include <thread>

using namespace freshet;
using namespace freshet::process;

namespace {

std::pair<FileDescriptor, FileDescriptor> sockets() {
    std::array<int, 2> ends;
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

}  // namespace

TEST_CASE("a frame is decoded whole, however its bytes are split", "[process]") {
    const std::string bytes = encode_frame("first") + encode_frame("") + encode_frame("third");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        FrameDecoder decoder;
        std::vector<std::string> texts;
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            decoder.append(std::string_view(bytes).substr(at, piece));
            while (auto text = decoder.next()) texts.push_back(*text);
        }
        CHECK(texts == std::vector<std::string>{"first", "", "third"});
    }
}

TEST_CASE("a frame longer than any socket buffer is transferred", "[process]") {
    const auto [a, b] = sockets();
    const std::string text(5'000'000, 'x');
    std::thread sender([&, &socket = a] { send_frame(socket, text); });
    CHECK(receive_frame(b)->text == text);
    sender.join();
}

TEST_CASE("a descriptor sent with a frame refers to the same file", "[process]") {
    const auto [a, b] = sockets();
    const FileDescriptor file = open_file("/dev/null", O_RDONLY);
    send_frame(a, "text", {file.get()});
    const auto frame = receive_frame(b);
    REQUIRE(frame->descriptors.size() == 1);
    struct stat sent, received;
    ::fstat(file.get(), &sent);
    ::fstat(frame->descriptors.front().get(), &received);
    CHECK(sent.st_rdev == received.st_rdev);
}

TEST_CASE("what an attempt has staged outside this machine reaches the worker as it was", "[process]") {
    const worker::AttemptResult sent{
        .token = "t1",
        .status = worker::AttemptStatus::done,
        .staged_targets = {{"s3:a", Json::Object{{"upload", "u1"}}, Content{3, "abc"}}, {"s3:b", Json("key")}}};
    const Json json = Json::parse(to_json(worker::Message(sent)).text());
    const auto received = std::get<worker::AttemptResult>(message_from_json(json, "t1", Registry::of<>()));
    CHECK(received.staged_targets == sent.staged_targets);
}

TEST_CASE("sending to and receiving from a closed socket fail", "[process]") {
    auto [a, b] = sockets();
    a = FileDescriptor();
    CHECK_FALSE(receive_frame(b));
    CHECK_FALSE(send_frame(b, "text"));
}
