#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string_view>

namespace sluice::json {

/// Names that somebody looks for at the top of every request. Each has a number, its place plus
/// one, so that a name is recognised once, when it is read, and compared by number from then on.
inline constexpr std::array<std::string_view, 60> numbered_names{
    "messages",
    "model",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "top_k",
    "frequency_penalty",
    "presence_penalty",
    "n",
    "stop",
    "stop_sequences",
    "seed",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "verbosity",
    "reasoning_effort",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
    "function_call",
    "response_format",
    "modalities",
    "audio",
    "web_search_options",
    "moderation",
    "metadata",
    "store",
    "service_tier",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "prediction",
    "user",
    "random_seed",
    "safe_prompt",
    "prompt_mode",
    "system",
    "thinking",
    "input",
    "dimensions",
    "encoding_format",
    "instructions",
    "previous_response_id",
    "max_output_tokens",
    "max_tool_calls",
    "reasoning",
    "text",
    "include",
    "truncation",
    "background",
    "conversation",
    "sessionId",
    "tenantId",
    "systemPrompt",
};
static_assert(numbered_names.size() < 64, "a KeySet has one bit for each, and one for the rest");

/// The name of a member, with its number.
class Key {
public:
    template <std::size_t size>
    consteval Key(const char (&name)[size]) : Key(std::string_view(name, size - 1))
    {
    }
    /// Of text that outlives it.
    template <std::convertible_to<std::string_view> Text>
    constexpr Key(const Text& name) : name_(name), number_(number_of(name_))
    {
    }
    /// Whose number is known.
    constexpr Key(std::string_view name, std::uint8_t number) : name_(name), number_(number) {}

    constexpr std::string_view name() const { return name_; }
    constexpr operator std::string_view() const { return name_; }
    /// 0: it has none.
    constexpr std::uint8_t number() const { return number_; }

    friend constexpr bool operator==(Key one, Key other)
    {
        return one.number_ == other.number_ && (one.number_ != 0 || one.name_ == other.name_);
    }

private:
    std::string_view name_;
    std::uint8_t number_;

    static constexpr std::uint8_t number_of(std::string_view name);
};

/// Where the numbers are looked up: each in the slot of its name, or the next that was free.
struct KeyTable {
    std::array<std::uint8_t, 256> numbers{};

    constexpr KeyTable()
    {
        std::uint8_t number = 0;
        for (const auto name : numbered_names) {
            auto slot = slot_of(name);
            while (numbers[slot] != 0) ++slot;
            numbers[slot] = ++number;
        }
    }
    /// Of a name that is not empty.
    static constexpr std::uint8_t slot_of(std::string_view name)
    {
        const auto at = [&](std::size_t i) { return static_cast<unsigned char>(name[i]); };
        return static_cast<std::uint8_t>(name.size() + 33u * (at(0) + at(name.size() / 2)));
    }
};

constexpr std::uint8_t Key::number_of(std::string_view name)
{
    static constexpr KeyTable table;
    if (name.empty()) return 0;
    for (auto slot = KeyTable::slot_of(name); const auto number = table.numbers[slot]; ++slot)
        if (numbered_names[number - 1u] == name) return number;
    return 0;
}

/// Names that have numbers, beside one bit for all that have none.
class KeySet {
public:
    constexpr KeySet() = default;
    /// Throws where a name has no number, as a set cannot tell it from the others.
    constexpr KeySet(std::initializer_list<Key> keys)
    {
        for (const auto key : keys) {
            if (key.number() == 0) throw std::invalid_argument("a key without a number");
            add(key);
        }
    }

    constexpr void add(Key key) { bits_ |= bit(key); }
    constexpr void set(Key key, bool contained)
    {
        bits_ = contained ? bits_ | bit(key) : bits_ & ~bit(key);
    }
    /// Of a key without a number: whether there is any such.
    constexpr bool contains(Key key) const { return (bits_ & bit(key)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }

    friend constexpr KeySet operator|(KeySet a, KeySet b) { return KeySet(a.bits_ | b.bits_); }
    friend constexpr KeySet operator&(KeySet a, KeySet b) { return KeySet(a.bits_ & b.bits_); }
    friend constexpr KeySet operator-(KeySet a, KeySet b) { return KeySet(a.bits_ & ~b.bits_); }

private:
    std::uint64_t bits_ = 0;

    constexpr explicit KeySet(std::uint64_t bits) : bits_(bits) {}
    static constexpr std::uint64_t bit(Key key) { return std::uint64_t{1} << key.number(); }
};

}  // namespace sluice::json
