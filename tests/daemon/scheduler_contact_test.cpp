// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/host_name.hpp"
#include "daemon/access_config.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using daemon::ServerConfig;

TEST_CASE("a notification has the public address, or the one that other machines reach", "[daemon]") {
    ServerConfig config;
    const auto url = [&](const std::string& address) { return daemon::scheduler_contact(config, address).url; };
    CHECK(url("127.0.0.1").empty());
    CHECK(url("10.0.0.7") == "http://10.0.0.7:8082");
    CHECK(url("fe80::1") == "http://[fe80::1]:8082");
    CHECK(url("0.0.0.0") == "http://" + host_name() + ":8082");
    config.public_url = "https://freshet.example.org";
    CHECK(url("127.0.0.1") == "https://freshet.example.org");
}

TEST_CASE("the commands of a notification name the scheduler where it is not the default one", "[daemon]") {
    ServerConfig config;
    CHECK(daemon::scheduler_contact(config, "127.0.0.1").options.empty());
    config.port = 9000;
    CHECK(daemon::scheduler_contact(config, "127.0.0.1").options == "--scheduler http://127.0.0.1:9000");
    CHECK(daemon::scheduler_contact(config, "fe80::1").options == "--scheduler 'http://[fe80::1]:9000'");
    config.unix_socket = "/run/freshet";
    CHECK(daemon::scheduler_contact(config, "").options == "--scheduler http+unix://%2Frun%2Ffreshet");
}

TEST_CASE("the public address is one word of the commands", "[daemon]") {
    ServerConfig config;
    config.public_url = "https://host/a?b&c";
    CHECK(daemon::scheduler_contact(config, "").options == "--scheduler 'https://host/a?b&c'");
}
