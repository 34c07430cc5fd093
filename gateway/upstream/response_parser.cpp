#include "upstream/response_parser.hpp"

#include "upstream/read_buffer.hpp"

namespace sluice {

ResponseParser::ResponseParser(ResponseHead& head, bool without_body) : head_(head)
{
    header_limit(ReadBuffer::largest);
    body_limit(boost::none);
    skip(without_body);
}

void ResponseParser::on_field_impl(FieldName, Text name, Text value, BeastError&)
{
    if (is_header_done()) return;  // a trailer
    if (fields_ == head_.headers.size()) head_.headers.emplace_back();
    auto& header = head_.headers[fields_++];
    header.name.assign(name.data(), name.size());
    header.value.assign(value.data(), value.size());
}

}  // namespace sluice
