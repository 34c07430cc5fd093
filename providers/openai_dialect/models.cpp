#include "providers/openai_dialect/models.hpp"

#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/lenient.hpp"

#include <utility>

namespace sluice::openai_dialect {
namespace {

using json::Cursor;
using Kind = Cursor::Kind;

bool is_window(std::string_view key)
{
    return key == "context_window" || key == "context_length" || key == "max_context_length" ||
           key == "max_model_len";
}

ListedModel read_model(Cursor& at)
{
    ListedModel model;
    std::string shutdown;
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "id")
            model.id = read_text(at).str();
        else if (*key == "description")
            model.description = read_text(at).str();
        else if (*key == "created")
            model.created = read_count(at).value_or(0);
        else if (*key == "owned_by")
            model.owned_by = read_text(at).str();
        else if (*key == "shutdown_date" || *key == "deprecation")
            shutdown = read_text(at).str();
        else if (is_window(*key))
            model.context_window = read_count(at).value_or(0);
        else
            at.skip();
    }
    if (!shutdown.empty()) {
        if (!model.description.empty()) model.description += "; ";
        model.description += concat("shuts down on ", std::string_view(shutdown).substr(0, 10));
    }
    return model;
}

/// False where no array stands.
bool read_list(Cursor& at, std::vector<ListedModel>& models)
{
    if (at.peek() != Kind::array) {
        at.skip();
        return false;
    }
    at.enter_array();
    while (at.next_element()) {
        if (at.peek() != Kind::object) {
            at.skip();
            continue;
        }
        if (auto model = read_model(at); !model.id.empty()) models.push_back(std::move(model));
    }
    return true;
}

}  // namespace

Result<std::vector<ListedModel>> decode_models(std::string_view body)
{
    std::vector<ListedModel> models;
    bool listed = false;
    Cursor at(body);
    if (at.peek() == Kind::array) {
        listed = read_list(at, models);
    } else {
        at.enter_object();
        while (auto key = at.next_key()) {
            if (*key == "data")
                listed = read_list(at, models);
            else
                at.skip();
        }
    }
    if (!at.finish())
        return fail(ErrorKind::bad_response, concat("no list of models: ", at.error().message));
    if (listed) return models;
    if (auto facts = find_error(body)) return std::unexpected(classify(200, std::move(*facts), {}));
    return fail(ErrorKind::bad_response, "the answer has no list of models");
}

}  // namespace sluice::openai_dialect
