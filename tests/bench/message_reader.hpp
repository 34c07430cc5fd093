#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// Finds the end of one HTTP/1.1 request or answer after another, in pieces as they come. Trusts
/// the other side: the bench measures gateways, it does not judge them.
class MessageReader {
public:
    enum class Progress { needs_more, complete, broken };

    /// Takes from the front of bytes what belongs to the message, and hands over its body.
    template <class OnBody>
    Progress read(std::string_view& bytes, OnBody on_body)
    {
        if (state_ == State::done) restart();
        while (state_ != State::done) {
            if (bytes.empty()) return Progress::needs_more;
            const bool good = state_ == State::body || state_ == State::chunk
                                  ? read_body(bytes, on_body)
                                  : read_line(bytes);
            if (!good) return Progress::broken;
        }
        return Progress::complete;
    }

    /// As far as it has come, with all fields in small letters behind the first line.
    std::string_view head() const { return head_; }
    /// "200" of an answer.
    std::string_view status() const { return std::string_view(head_).substr(9, 3); }
    /// "/v1/messages" of a request.
    std::string_view path() const
    {
        const auto start = head_.find(' ') + 1;
        return std::string_view(head_).substr(start, head_.find(' ', start) - start);
    }
    void restart()
    {
        state_ = State::head;
        head_.clear();
        line_.clear();
        left_ = 0;
        chunked_ = false;
    }

private:
    enum class State { head, body, chunk_size, chunk, chunk_end, trailer, done };
    State state_ = State::head;
    std::string head_, line_;
    std::uint64_t left_ = 0;  ///< of the body, or of the chunk
    bool chunked_ = false;

    template <class OnBody>
    bool read_body(std::string_view& bytes, OnBody& on_body)
    {
        const auto piece = bytes.substr(0, left_);
        bytes.remove_prefix(piece.size());
        left_ -= piece.size();
        on_body(piece);
        if (left_ == 0) state_ = state_ == State::chunk ? State::chunk_end : State::done;
        return true;
    }

    bool read_line(std::string_view& bytes)
    {
        const auto end = bytes.find('\n');
        line_.append(bytes.substr(0, end));
        if (end == bytes.npos) {
            bytes = {};
            return true;
        }
        bytes.remove_prefix(end + 1);
        if (line_.ends_with('\r')) line_.pop_back();
        const bool good = take_line();
        line_.clear();
        return good;
    }

    bool take_line()
    {
        switch (state_) {
            case State::head: return line_.empty() ? end_head() : take_head_line();
            case State::chunk_size: return take_chunk_size();
            case State::chunk_end: state_ = State::chunk_size; return line_.empty();
            case State::trailer:
                if (line_.empty()) state_ = State::done;
                return true;
            case State::body:
            case State::chunk:
            case State::done: return false;
        }
        return false;
    }

    bool take_head_line()
    {
        if (!head_.empty())
            std::ranges::transform(line_, line_.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c;
            });
        head_.append(line_).append("\n");
        const std::string_view line = line_;
        constexpr std::string_view length = "content-length: ";
        if (line.starts_with(length)) return number(line.substr(length.size()), 10);
        if (line.starts_with("transfer-encoding: chunked")) chunked_ = true;
        return true;
    }

    bool end_head()
    {
        state_ = chunked_ ? State::chunk_size : left_ > 0 ? State::body : State::done;
        return head_.size() > 12;
    }

    bool take_chunk_size()
    {
        if (!number(line_, 16)) return false;
        state_ = left_ > 0 ? State::chunk : State::trailer;
        return true;
    }

    bool number(std::string_view text, int base)
    {
        return std::from_chars(text.data(), text.data() + text.size(), left_, base).ec ==
               std::errc{};
    }
};

}  // namespace bench
