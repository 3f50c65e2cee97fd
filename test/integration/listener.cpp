#include "listener.hpp"

#include <array>
#include <stdexcept>

namespace confcast::test {

std::string ChunkedBody::feed(std::string_view bytes) {
    buffer_ += bytes;
    std::string body;
    while (!whole_) {
        const auto line_end = buffer_.find("\r\n");
        if (line_end == std::string::npos) break;
        const auto size = std::stoul(buffer_.substr(0, line_end), nullptr, 16);
        if (buffer_.size() < line_end + 2 + size + 2) break;
        if (buffer_.compare(line_end + 2 + size, 2, "\r\n") != 0) throw std::runtime_error("a chunk without its end");
        body += buffer_.substr(line_end + 2, size);
        buffer_.erase(0, line_end + 2 + size + 2);
        whole_ = size == 0;
    }
    if (whole_ && !buffer_.empty()) throw std::runtime_error("bytes behind the last chunk");
    return body;
}

Listener::Listener(const Server& server, Kind kind, const std::string& query, Model model,
                   const std::string& last_event_id)
    : kind_(kind), model_(std::move(model)), last_event_id_(last_event_id), event_id_(last_event_id) {
    model_.reconnect();
    const auto deadline = load::Clock::now() + std::chrono::seconds{30};
    load::Headers headers{{"Accept", kind == Kind::events ? "text/event-stream" : "application/x-ndjson"}};
    if (!last_event_id.empty()) headers.emplace_back("Last-Event-ID", last_event_id);
    socket_ = load::Socket::connect(server.endpoint());
    socket_.write_all(load::http_request("GET", "/api/v1/watch" + (query.empty() ? "" : "?" + query), headers),
                      deadline);
    read_head(deadline);
}

void Listener::read_head(load::Clock::time_point deadline) {
    std::string bytes;
    std::size_t end = 0;
    while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
        std::array<char, 16'384> some;
        const auto n = socket_.read_some(some);
        if (n == 0U) throw std::runtime_error("the server ended the connection without an answer");
        if (!n && !socket_.wait_readable(deadline)) throw std::runtime_error("no answer in time");
        bytes.append(some.data(), n.value_or(0));
    }
    load::ResponseReader reader;
    reader.feed(bytes.substr(0, end + 4));
    head_ = reader.next(true).value();
    if (head_.status != 200 || head_.header("Transfer-Encoding") != "chunked")
        throw std::runtime_error("no stream: " + bytes);
    on_text(body_.feed(std::string_view(bytes).substr(end + 4)));
}

std::optional<json::object> Listener::next(std::chrono::milliseconds limit) {
    const auto deadline = load::Clock::now() + limit;
    while (messages_.empty())
        if (ended_ || !read_once(deadline)) return std::nullopt;
    auto message = std::move(messages_.front());
    messages_.pop_front();
    model_.apply(message);
    return message;
}

std::optional<json::object> Listener::next_of(std::string_view type, std::chrono::milliseconds limit) {
    const auto deadline = load::Clock::now() + limit;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - load::Clock::now());
        auto message = next(std::max(left, std::chrono::milliseconds{0}));
        if (!message || message->at("type").as_string() == type) return message;
    }
}

bool Listener::until(const std::function<bool(const Model&)>& condition, std::chrono::milliseconds limit) {
    const auto deadline = load::Clock::now() + limit;
    while (!condition(model_)) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - load::Clock::now());
        if (left.count() < 0 || !next(left)) return condition(model_);
    }
    return true;
}

/// False at the deadline.
bool Listener::read_once(load::Clock::time_point deadline) {
    std::array<char, 65'536> bytes;
    const auto n = socket_.read_some(bytes);
    if (!n) return socket_.wait_readable(deadline);
    ended_ = *n == 0;
    on_text(body_.feed({bytes.data(), *n}));
    return true;
}

void Listener::on_text(std::string_view text) {
    unfinished_ += text;
    std::size_t start = 0;
    for (std::size_t end = 0; (end = unfinished_.find('\n', start)) != std::string::npos; start = end + 1)
        on_line(unfinished_.substr(start, end - start));
    unfinished_.erase(0, start);
}

void Listener::on_line(const std::string& line) {
    if (kind_ == Kind::lines) {
        if (line.empty())
            ++signs_of_life_;
        else
            messages_.push_back(json::parse(line).as_object());
        return;
    }
    // HTML, 9.2.6: "Interpreting an event stream".
    const auto colon = line.find(':');
    const auto field = line.substr(0, colon);
    auto value = colon == std::string::npos ? std::string{} : line.substr(colon + 1);
    if (value.starts_with(' ')) value.erase(0, 1);
    if (line.empty())
        on_event();
    else if (colon == 0)
        ++signs_of_life_;
    else if (field == "id")
        event_id_ = value;
    else if (field == "event")
        event_ = value;
    else if (field == "retry")
        retry_ = std::stoi(value);
    else if (field == "data")
        data_ += value + '\n';
    else
        throw std::runtime_error("no field of an event: " + line);
}

void Listener::on_event() {
    last_event_id_ = event_id_;
    if (data_.empty()) return;
    auto message = json::parse(data_).as_object();
    if (message.at("type").as_string() != event_) throw std::runtime_error("an event of another type than its message");
    const auto seq_id = std::to_string(message.at("seq_id").to_number<std::int64_t>());
    if (seq_id == "0" ? !last_event_id_.empty() : !last_event_id_.ends_with(":" + seq_id))
        throw std::runtime_error("an id that is not the position: " + last_event_id_);
    messages_.push_back(std::move(message));
    data_.clear();
    event_.clear();
}

}  // namespace confcast::test
