#include <boost/json.hpp>
#include <chrono>
#include <ostream>
#include <random>

#include "command.hpp"
#include "words.hpp"

namespace confcast::cli {
namespace {

namespace json = boost::json;

std::string new_id() {
    std::random_device random;
    std::string id;
    for (int i = 0; i < 4; ++i) id += std::to_string(random());
    return id;
}

class Notify final : public Command {
  public:
    CommandText text() const override {
        return {"notify", "Tell those who listen to a topic of an event",
                "PAYLOAD is JSON, @FILE or -. An event id is told once within its topic; without --id the event is a "
                "new one each time.",
                "confcast notify orders/new '{\"order\":42}' --id 42"};
    }
    void define(CLI::App& app) override {
        app.add_option("TOPIC", topic_, "Those who have named it hear")->required();
        app.add_option("PAYLOAD", payload_, "JSON, @FILE or -")->required();
        app.add_option("--id", id_, "Names the event within its topic")->type_name("ID");
    }
    Exit run(Shell& shell) override {
        const std::string payload = bytes_of(payload_);
        boost::system::error_code ec;
        json::parse(payload, ec);
        if (ec) throw Stop{Exit::invalid, "the payload is not JSON: " + ec.message()};
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const std::string body =
            R"({"event_id":)" + json::serialize(json::value(id_.empty() ? new_id() : id_)) + R"(,"timestamp":)" +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) + R"(,"topic":)" +
            json::serialize(json::value(topic_)) + R"(,"payload":)" + payload + '}';
        const json::value done =
            shell.ask("POST", "/api/v1/notifications", body, {{"Content-Type", "application/json"}});
        if (shell.wants_document())
            shell.out().document(done, shell.format(Format::json));
        else
            shell.out().stream() << (done.at("duplicate").as_bool() ? "told before, at revision " : "told at revision ")
                                 << done.at("revision").to_number<std::int64_t>() << '\n';
        return Exit::ok;
    }

  private:
    std::string topic_;
    std::string payload_;
    std::string id_;
};

}  // namespace

std::unique_ptr<Command> make_notify() { return std::make_unique<Notify>(); }

}  // namespace confcast::cli
