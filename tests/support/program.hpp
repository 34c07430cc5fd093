#pragma once

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sluice::test {

/// A program with no environment but what is given, its output caught; killed when it goes.
class Program {
public:
    Program(
        std::string path,
        std::vector<std::string> arguments,
        std::vector<std::string> environment = {}
    )
    {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        std::vector<char*> argv{path.data()};
        for (auto& argument : arguments) argv.push_back(argument.data());
        argv.push_back(nullptr);
        std::vector<char*> envp;
        for (auto& variable : environment) envp.push_back(variable.data());
        envp.push_back(nullptr);
        id_ = fork();
        if (id_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            dup2(ends[1], STDERR_FILENO);
            execve(path.c_str(), argv.data(), envp.data());
            _exit(127);
        }
        ::close(ends[1]);
        output_end_ = ends[0];
    }
    Program(Program&& other) noexcept
        : id_(std::exchange(other.id_, -1)),
          output_end_(std::exchange(other.output_end_, -1)),
          output_(std::move(other.output_))
    {
    }
    Program& operator=(Program&&) = delete;
    ~Program()
    {
        if (id_ > 0) {
            kill(id_, SIGKILL);
            waitpid(id_, nullptr, 0);
        }
        if (output_end_ >= 0) ::close(output_end_);
    }

    void signal(int number) { kill(id_, number); }
    /// Its exit status; -1 where a signal ended it, or it had to be killed because it did not end.
    int wait(std::chrono::milliseconds patience = std::chrono::seconds(10))
    {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until && read_some(until)) {
        }
        if (std::chrono::steady_clock::now() >= until) kill(id_, SIGKILL);
        int status = 0;
        waitpid(std::exchange(id_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    /// What it has written so far, to either output, as far as it was awaited.
    const std::string& output() const { return output_; }
    /// The first line with this text in it, awaited; empty: none came.
    std::string line_with(
        std::string_view part, std::chrono::milliseconds patience = std::chrono::seconds(10)
    )
    {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (true) {
            const auto at = output_.find(part);
            const auto end = at == std::string::npos ? at : output_.find('\n', at);
            if (end != std::string::npos) {
                const auto begin = output_.rfind('\n', at) + 1;
                return output_.substr(begin, end - begin);
            }
            if (!read_some(until)) return {};
        }
    }

private:
    pid_t id_;
    int output_end_;
    std::string output_;

    /// False at the end of its output, or where nothing came in time.
    bool read_some(std::chrono::steady_clock::time_point until)
    {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            until - std::chrono::steady_clock::now()
        );
        pollfd entry{output_end_, POLLIN, 0};
        if (left.count() <= 0 || poll(&entry, 1, static_cast<int>(left.count())) <= 0) return false;
        char bytes[4096];
        const auto size = read(output_end_, bytes, sizeof bytes);
        if (size > 0) output_.append(bytes, static_cast<std::size_t>(size));
        return size > 0;
    }
};

}  // namespace sluice::test
