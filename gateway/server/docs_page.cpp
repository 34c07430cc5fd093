#include "server/docs_page.hpp"

#include "core/error.hpp"
#include "server/docs_example.hpp"
#include "server/docs_fields.hpp"
#include "server/html.hpp"
#include "server/openapi_view.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <cctype>
#include <string_view>

namespace sluice {

namespace bj = boost::json;
using html::escaped, html::inline_text, html::paragraphs;

namespace {

/// A name as an address within the page.
std::string anchor(std::string_view name)
{
    std::string out;
    for (const char c : name)
        out += c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

class Page {
public:
    explicit Page(const bj::object& document) : document_(document) {}

    std::string text()
    {
        const auto& info = document_.at("info").as_object();
        const auto title = escaped(text_of(info, "title"));
        out_ = concat(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
            title,
            " API</title>\n<link rel=\"stylesheet\" href=\"docs/style.css\">\n"
            "<link rel=\"icon\" href=\"ui/assets/favicon.svg\">\n</head>\n<body>\n"
        );
        add_contents(title);
        out_ += concat(
            "<main>\n<header>\n<h1>",
            title,
            " API <small>",
            escaped(text_of(info, "version")),
            "</small></h1>\n<p class=\"lead\">",
            inline_text(text_of(info, "summary")),
            " <a href=\"openapi.json\">openapi.json</a></p>\n",
            paragraphs(text_of(info, "description")),
            "</header>\n"
        );
        for (const auto& tag : document_.at("tags").as_array()) add_group(tag.as_object());
        add_headers();
        add_schemas();
        out_ += "</main>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    const bj::object& document_;
    std::string out_;

    /// Calls each(path, method, operation) for every operation of a group.
    template <class Each>
    void for_each_in(std::string_view tag, Each each) const
    {
        for (const auto& [path, methods] : document_.at("paths").as_object())
            for (const auto& [method, operation] : methods.as_object())
                if (operation.at_pointer("/tags/0").as_string() == tag)
                    each(path, method, operation.as_object());
    }

    void add_contents(std::string_view title)
    {
        out_ +=
            concat("<nav aria-label=\"Contents\">\n<p class=\"brand\">", title, " API</p>\n<ul>\n");
        for (const auto& tag : document_.at("tags").as_array()) {
            const auto name = text_of(tag.as_object(), "name");
            out_ += concat("<li><a href=\"#", anchor(name), "\">", escaped(name), "</a>\n<ul>\n");
            for_each_in(name, [&](auto path, auto method, const auto& operation) {
                out_ += concat("<li><a href=\"#", text_of(operation, "operationId"), "\">");
                add_method(method);
                out_ += concat("<span>", breakable(path), "</span></a></li>\n");
            });
            out_ += "</ul></li>\n";
        }
        out_ +=
            "<li><a href=\"#headers\">Response headers</a></li>\n"
            "<li><a href=\"#schemas\">Schemas</a></li>\n</ul>\n</nav>\n";
    }

    /// A long path may be broken behind a slash.
    static std::string breakable(std::string_view path)
    {
        std::string out;
        for (const char c : escaped(path)) {
            out += c;
            if (c == '/') out += "<wbr>";
        }
        return out;
    }

    void add_method(std::string_view method)
    {
        std::string name(method);
        for (auto& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        out_ += concat("<b class=\"method ", method, "\">", name, "</b> ");
    }

    void add_group(const bj::object& tag)
    {
        const auto name = text_of(tag, "name");
        out_ += concat("<section id=\"", anchor(name), "\">\n<h2>", escaped(name), "</h2>\n");
        out_ += paragraphs(text_of(tag, "description"));
        for_each_in(name, [&](auto path, auto method, const auto& operation) {
            add_operation(path, method, operation);
        });
        out_ += "</section>\n";
    }

    void add_operation(std::string_view path, std::string_view method, const bj::object& operation)
    {
        out_ += concat("<article id=\"", text_of(operation, "operationId"), "\">\n<h3>");
        add_method(method);
        out_ += concat("<code>", breakable(path), "</code></h3>\n<p class=\"summary\">");
        out_ += concat(inline_text(text_of(operation, "summary")), "</p>\n");
        out_ += paragraphs(text_of(operation, "description"));
        const auto command = curl_command(document_, path, method, operation);
        out_ += concat("<pre tabindex=\"0\"><code>", escaped(command), "</code></pre>\n");
        add_parameters(operation);
        if (const auto* body = operation.if_contains("requestBody")) {
            out_ += "<h4>Request</h4>\n";
            add_content(body->as_object());
        }
        add_responses(operation.at("responses").as_object());
        out_ += "</article>\n";
    }

    void add_parameters(const bj::object& operation)
    {
        out_ +=
            "<details>\n<summary>Parameters and headers</summary>\n<div class=\"wide\"><table>\n"
            "<thead><tr><th>Name</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead>\n"
            "<tbody>\n";
        for (const auto& parameter : operation.at("parameters").as_array()) {
            const auto& one = resolved(document_, parameter.as_object());
            out_ += concat("<tr><td><code>", escaped(text_of(one, "name")), "</code></td><td>");
            out_ += concat(text_of(one, "in"), "</td><td>");
            out_ += concat(type_words(one.at("schema").as_object()), "</td><td>");
            out_ += concat(inline_text(text_of(one, "description")), "</td></tr>\n");
        }
        out_ += "</tbody></table></div>\n</details>\n";
    }

    /// What a body may be: for each content type its fields.
    void add_content(const bj::object& holder)
    {
        const auto* content = holder.if_contains("content");
        if (!content) return;
        for (const auto& [type, media] : content->as_object()) {
            const auto& schema = media.at("schema").as_object();
            out_ += concat("<p><code>", escaped(type), "</code> ");
            const auto words = type_words(schema);
            if (!words.empty() && words != "string") out_ += concat(words, ". ");
            out_ += concat(inline_text(text_of(schema, "description")), "</p>\n");
            if (const auto* events = media.as_object().if_contains("x-sse-events"))
                add_events(events->as_object());
            add_fields(schema);
            const auto* example = media.as_object().if_contains("example");
            if (example && !holder.contains("required"))  // of a request, curl shows it
                out_ += concat(
                    "<pre class=\"body\"><code>",
                    escaped(bj::serialize(*example)),
                    "</code></pre>\n"
                );
        }
    }

    void add_events(const bj::object& events)
    {
        out_ += "<ul>\n";
        for (const auto& [name, schema] : events) {
            const auto which = name == "message" ? std::string("each event without a name")
                               : name == "*"     ? std::string("each event")
                                                 : concat("event <code>", escaped(name), "</code>");
            out_ += concat("<li>", which, ": ", type_words(schema.as_object()), "</li>\n");
        }
        out_ += "</ul>\n";
    }

    void add_fields(const bj::object& schema)
    {
        const auto table = fields_table(resolved(document_, schema));
        if (table.empty()) return;
        out_ += concat("<details>\n<summary>Fields</summary>\n", table, "</details>\n");
    }

    void add_responses(const bj::object& responses)
    {
        std::string errors;
        for (const auto& [status, response] : responses) {
            const auto& one = resolved(document_, response.as_object());
            const auto about = inline_text(text_of(one, "description"));
            if (text_of(response.as_object(), "$ref").empty()) {
                out_ += concat("<h4>", status, "</h4>\n<p>", about, "</p>\n");
                add_content(one);
                continue;
            }
            const auto& schema = one.at("content").at("application/json").at("schema");
            errors += concat("<tr><td>", status == "default" ? "other" : status, "</td><td>");
            errors += concat(about, "</td><td>", type_words(schema.as_object()), "</td></tr>\n");
        }
        out_ += concat(
            "<details>\n<summary>Errors</summary>\n<div class=\"wide\"><table>\n<thead><tr>"
            "<th>Status</th><th>Code</th><th>Body</th></tr></thead>\n<tbody>\n",
            errors,
            "</tbody></table></div>\n</details>\n"
        );
    }

    void add_headers()
    {
        out_ +=
            "<section id=\"headers\">\n<h2>Response headers</h2>\n<div class=\"wide\"><table>\n"
            "<thead><tr><th>Name</th><th>Type</th><th>Meaning</th></tr></thead>\n<tbody>\n";
        const auto& components = document_.at("components").as_object();
        for (const auto& [name, header] : components.at("headers").as_object()) {
            const auto& one = header.as_object();
            out_ += concat("<tr><td><code>", escaped(name), "</code></td><td>");
            out_ += concat(type_words(one.at("schema").as_object()), "</td><td>");
            out_ += concat(inline_text(text_of(one, "description")), "</td></tr>\n");
        }
        out_ += "</tbody></table></div>\n</section>\n";
    }

    void add_schemas()
    {
        out_ += "<section id=\"schemas\">\n<h2>Schemas</h2>\n";
        const auto& components = document_.at("components").as_object();
        for (const auto& [name, schema] : components.at("schemas").as_object()) {
            const auto& one = schema.as_object();
            out_ +=
                concat("<article id=\"schema-", name, "\">\n<h3><code>", name, "</code></h3>\n");
            out_ += paragraphs(text_of(one, "description"));
            const auto table = fields_table(one);
            if (table.empty()) out_ += concat("<p>", type_words(one), "</p>\n");
            out_ += concat(table, "</article>\n");
        }
        out_ += "</section>\n";
    }
};

}  // namespace

std::string docs_page(const bj::object& document)
{
    return Page(document).text();
}

}  // namespace sluice
