// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/process_table.hpp"

#include "base/files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

namespace freshet::process {

namespace {

struct TableEntry {
    RunningProcess process;
    pid_t parent = 0;
    char state = ' ';
    unsigned flags = 0;                  ///< the kernel's PF_ bits
    bool has_empty_environment = false;  ///< that it was executed with
};

/// The content of a file of a process; nothing when that has ended or belongs to another user.
std::optional<std::string> read_proc(pid_t pid, const char* file) {
    const FileDescriptor opened(::open(fmt::format("/proc/{}/{}", pid, file).c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return std::nullopt;
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto count = ::read(opened.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return std::nullopt;
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

std::vector<pid_t> all_pids() {
    std::vector<pid_t> pids;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr) {
        const std::string_view name = entry->d_name;
        pid_t pid = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr == name.data() + name.size())
            pids.push_back(pid);
    }
    return pids;
}

/// True for an environment that begins somewhere and ends there, given what follows the name in /proc/PID/stat.
bool is_environment_empty(const std::string& fields) {
    constexpr std::size_t env_start = 50 - 3, env_end = 51 - 3;  // the first field is the third of the file
    std::istringstream text(fields);
    const std::vector<std::string> numbers(std::istream_iterator<std::string>(text), {});
    return numbers.size() > env_end && numbers[env_start] != "0" && numbers[env_start] == numbers[env_end];
}

/// Parses /proc/PID/stat: "12 (a name) S 1 12 ..."; the name may have parentheses.
std::optional<TableEntry> read_entry(pid_t pid) {
    const std::string text = read_proc(pid, "stat").value_or("");
    const auto begin = text.find('('), end = text.rfind(')');
    if (begin == text.npos || end == text.npos) return std::nullopt;
    TableEntry entry{.process = {.pid = pid, .name = text.substr(begin + 1, end - begin - 1)}};
    if (std::sscanf(text.c_str() + end + 1, " %c %d %d %*d %*d %*d %u", &entry.state, &entry.parent,
                    &entry.process.group, &entry.flags) != 4)
        return std::nullopt;
    entry.has_empty_environment = is_environment_empty(text.substr(end + 1));
    return entry;
}

bool is_running(const TableEntry& entry) { return entry.state != 'Z' && entry.state != 'X'; }

bool is_kernel_thread(const TableEntry& entry) {
    constexpr unsigned pf_kthread = 0x00200000;
    return entry.flags & pf_kthread;
}

/// The environment that a process was executed with; "" when it has ended or belongs to another user. The kernel shows
/// none while it is executing a program: waits until that is over.
std::string environment_of(pid_t pid) {
    constexpr int max_reads = 200;  // a millisecond apart
    for (int reads = 1; reads <= max_reads; ++reads) {
        const auto environment = read_proc(pid, "environ");
        if (!environment || !environment->empty()) return environment.value_or("");
        const auto entry = read_entry(pid);
        if (!entry || !is_running(*entry) || is_kernel_thread(*entry) || entry->has_empty_environment) return "";
        ::poll(nullptr, 0, 1);
    }
    return "";
}

std::string names_of(const std::vector<RunningProcess>& processes) {
    constexpr std::size_t max_names = 10;
    std::vector<std::string> names;
    for (const RunningProcess& process : processes)
        if (names.size() < max_names) names.push_back(fmt::format("{} (pid {})", process.name, process.pid));
    const std::string more =
        processes.size() > max_names ? fmt::format(" and {} more", processes.size() - max_names) : "";
    return fmt::format("{}{}", fmt::join(names, ", "), more);
}

std::string describe_killed(const std::vector<RunningProcess>& found, const std::vector<RunningProcess>& survivors) {
    std::string clause;
    if (!found.empty()) clause = "killed what it left running: " + names_of(found);
    if (!survivors.empty())
        clause += fmt::format("{}could not kill {}", clause.empty() ? "" : "; ", names_of(survivors));
    return clause;
}

}  // namespace

std::vector<RunningProcess> descendants_of(pid_t root, const std::set<pid_t>& excluded) {
    std::multimap<pid_t, TableEntry> by_parent;
    for (const pid_t pid : all_pids())
        if (const auto entry = read_entry(pid)) by_parent.emplace(entry->parent, *entry);
    std::vector<RunningProcess> found;
    std::vector<pid_t> parents{root};
    while (!parents.empty()) {
        const auto [begin, end] = by_parent.equal_range(parents.back());
        parents.pop_back();
        for (auto child = begin; child != end; ++child) {
            const RunningProcess& process = child->second.process;
            if (excluded.contains(process.pid)) continue;
            parents.push_back(process.pid);
            if (is_running(child->second)) found.push_back(process);
        }
    }
    return found;
}

std::vector<RunningProcess> processes_with_environment(std::string_view text) {
    std::vector<RunningProcess> found;
    for (const pid_t pid : all_pids()) {
        if (environment_of(pid).find(text) == std::string::npos) continue;
        if (const auto entry = read_entry(pid); entry && is_running(*entry)) found.push_back(entry->process);
    }
    return found;
}

std::string kill_processes(const std::function<std::vector<RunningProcess>()>& list, pid_t dying) {
    constexpr int max_pause_ms = 512;  // about a second in all
    std::vector<RunningProcess> named;
    std::set<pid_t> known;
    for (int pause_ms = 1;; pause_ms *= 2) {
        std::vector<RunningProcess> running = list();
        if (running.empty() || pause_ms > max_pause_ms) return describe_killed(named, running);
        for (const RunningProcess& process : running) {
            if (known.insert(process.pid).second && (dying == 0 || process.group != dying)) named.push_back(process);
            ::kill(process.pid, SIGKILL);
        }
        ::poll(nullptr, 0, pause_ms);  // their end is not announced to everybody
    }
}

}  // namespace freshet::process
