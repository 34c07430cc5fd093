#pragma once

#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// `--name value` pairs, each of which may be repeated; behind `--` a command.
class Arguments {
public:
    Arguments(int argc, char** argv)
    {
        int i = 1;
        for (; i < argc && std::string_view(argv[i]) != "--"; i += 2) {
            if (!std::string_view(argv[i]).starts_with("--") || i + 1 == argc)
                throw std::invalid_argument(std::string("not --name value: ") + argv[i]);
            values_[argv[i] + 2].emplace_back(argv[i + 1]);
        }
        for (++i; i < argc; ++i) command.push_back(argv[i]);
    }

    std::string text(const std::string& name, std::string otherwise) const
    {
        const auto found = values_.find(name);
        return found == values_.end() ? otherwise : found->second.back();
    }

    double number(const std::string& name, double otherwise) const
    {
        const auto found = values_.find(name);
        return found == values_.end() ? otherwise : std::stod(found->second.back());
    }

    int integer(const std::string& name, int otherwise) const
    {
        return static_cast<int>(number(name, otherwise));
    }

    std::vector<std::string> all(const std::string& name) const
    {
        const auto found = values_.find(name);
        return found == values_.end() ? std::vector<std::string>{} : found->second;
    }

    std::vector<char*> command;

private:
    std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace bench
