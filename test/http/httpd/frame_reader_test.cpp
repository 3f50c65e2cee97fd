// What a client may send and what it may not (RFC 6455, 5), wherever its bytes are cut.
#include "frame_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client.hpp"
#include "frame_events.hpp"

namespace confcast::test {
namespace {

constexpr unsigned continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10;

struct Row {
    const char* what;
    std::string bytes;
    std::string outcome;
};

/// The same whole, byte by byte, and in two pieces cut anywhere.
void check(const Row& row, std::size_t limit = 1000) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(outcome_of(row.bytes, limit), row.outcome);
    EXPECT_EQ(outcome_of(row.bytes, limit, std::vector<std::size_t>(row.bytes.size(), 1)), row.outcome)
        << "byte by byte";
    for (std::size_t cut = 1; cut < row.bytes.size(); ++cut)
        ASSERT_EQ(outcome_of(row.bytes, limit, {cut}), row.outcome) << "cut at " << cut;
}

/// With its first or second byte changed.
std::string changed(std::string frame, std::size_t at, unsigned set, unsigned clear = 0) {
    frame[at] = static_cast<char>((static_cast<unsigned char>(frame[at]) | set) & ~clear);
    return frame;
}

std::string x(std::size_t n) { return std::string(n, 'x'); }

/// A masked frame of binary zeros with a length of this form.
std::string with_length(std::string_view length, std::size_t size) {
    return "\x82" + std::string(length) + std::string(4 + size, '\0');
}

TEST(FrameReader, TakesWhatAClientMaySend) {
    for (const Row& row : {
             Row{"nothing", "", ""},
             Row{"text", client_frame(text, "Hello"), "text:Hello "},
             Row{"binary", client_frame(binary, "\xFF\xFE"), "binary:\xFF\xFE "},
             Row{"empty", client_frame(text, "") + client_frame(binary, ""), "text: binary: "},
             Row{"two", client_frame(text, "a") + client_frame(text, "b"), "text:a text:b "},
             Row{"a length of two bytes", client_frame(text, x(126)), "text:" + x(126) + " "},
             Row{"as much as allowed", client_frame(text, x(1000)), "text:" + x(1000) + " "},
             Row{"fragments", client_frame(text, "a", false) + client_frame(continuation, "b"), "text:ab "},
             Row{"empty fragments",
                 client_frame(binary, "", false) + client_frame(continuation, "", false) +
                     client_frame(continuation, ""),
                 "binary: "},
             Row{"a character over fragments",
                 client_frame(text, "\xF0\x9F", false) + client_frame(continuation, "\x98", false) +
                     client_frame(continuation, "\x80!"),
                 "text:\xF0\x9F\x98\x80! "},
             Row{"ping and pong", client_frame(ping, "") + client_frame(pong, x(125)), "ping: pong:" + x(125) + " "},
             Row{"control frames between fragments",
                 client_frame(text, "a", false) + client_frame(ping, "p") + client_frame(continuation, "b", false) +
                     client_frame(pong, "") + client_frame(continuation, "c") + client_frame(text, "d"),
                 "ping:p pong: text:abc text:d "},
             Row{"close", client_frame(closing, ""), "close:0 "},
             Row{"close with a reason", client_frame(closing, close_payload(1000, "bye")), "close:1000 "},
         })
        check(row);
}

TEST(FrameReader, RefusesWhatAClientMayNotSend) {
    const std::string frame = client_frame(text, "x");
    std::vector<Row> rows{
        {"RSV1", changed(frame, 0, 0x40), "failed:1002 "},
        {"RSV2", changed(frame, 0, 0x20), "failed:1002 "},
        {"RSV3", changed(frame, 0, 0x10), "failed:1002 "},
        {"no mask", changed(frame, 1, 0, 0x80), "failed:1002 "},
        {"a fragmented ping", client_frame(ping, "", false), "failed:1002 "},
        {"a fragmented close", client_frame(closing, "", false), "failed:1002 "},
        {"a long ping", client_frame(ping, x(126)), "failed:1002 "},
        {"a long close", client_frame(closing, close_payload(1000, x(124))), "failed:1002 "},
        {"a continuation of nothing", client_frame(continuation, "x"), "failed:1002 "},
        {"a second end", frame + client_frame(continuation, "x"), "text:x failed:1002 "},
        {"a message within one", client_frame(text, "x", false) + client_frame(binary, "y"), "failed:1002 "},
        {"a length of 125 in two bytes", with_length(std::string("\xFE\x00\x7D", 3), 125), "failed:1002 "},
        {"a length of 65535 in eight", with_length(std::string("\xFF\0\0\0\0\0\0\xFF\xFF", 9), 0), "failed:1002 "},
        {"a length with a sign", with_length(std::string("\xFF\x80\0\0\0\0\0\0\x01", 9), 0), "failed:1002 "},
        {"close of one byte", client_frame(closing, "x"), "failed:1002 "},
        {"close with bad text", client_frame(closing, close_payload(1000, "\xFF")), "failed:1007 "},
        {"no UTF-8", client_frame(text, "\xFF"), "failed:1007 "},
        {"half a character", client_frame(text, "a\xC3"), "failed:1007 "},
        {"half a character at the end of fragments",
         client_frame(text, "a", false) + client_frame(continuation, "\xC3"), "failed:1007 "},
        {"too much", client_frame(text, x(1001)), "failed:1009 "},
        {"too much in fragments", client_frame(text, x(1000), false) + client_frame(continuation, "x"), "failed:1009 "},
    };
    for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U})
        rows.push_back({"a reserved opcode", client_frame(opcode, "x"), "failed:1002 "});
    for (const Row& row : rows) check(row);
}

TEST(FrameReader, KnowsTheCodesOfAClose) {
    for (unsigned code = 0; code < 65536; ++code) {
        const bool sent = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013);
        const bool good = sent || (code >= 3000 && code <= 4999);
        ASSERT_EQ(outcome_of(client_frame(closing, close_payload(code)), 0),
                  good ? "close:" + std::to_string(code) + " " : "failed:1002 ")
            << code;
    }
}

// What comes behind would take its time, and may never come.
TEST(FrameReader, FailsAtTheFirstByteThatIsWrong) {
    for (const Row& row : {
             Row{"a reserved bit", "\xC1", "failed:1002 "},
             Row{"a reserved opcode", "\x83", "failed:1002 "},
             Row{"a fragmented ping", "\x09", "failed:1002 "},
             Row{"a continuation of nothing", "\x80", "failed:1002 "},
             Row{"no mask", std::string("\x81\x00", 2), "failed:1002 "},
             Row{"a long ping", "\x89\xFE", "failed:1002 "},
             Row{"a length over the limit", std::string("\x81\xFE\x03\xE9", 4), "failed:1009 "},
             Row{"a length in a bad form", std::string("\x81\xFE\x00\x01", 4), "failed:1002 "},
             Row{"a length that none has", "\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "failed:1009 "},
         })
        check(row);
    const std::string bad = client_frame(text, "ab\xED\xA0" + x(50));
    const std::size_t header = 6;
    EXPECT_EQ(outcome_of(bad.substr(0, header + 3), 1000), "");
    EXPECT_EQ(outcome_of(bad.substr(0, header + 4), 1000), "failed:1007 ") << "no surrogate has UTF-8";
    const std::string fragment = client_frame(text, "\xF4\x90", false);
    EXPECT_EQ(outcome_of(fragment, 1000), "failed:1007 ") << "there is nothing above U+10FFFF";
}

TEST(FrameReader, LeavesWhatComesBehindAFrameAlone) {
    std::string bytes = client_frame(text, "a") + client_frame(text, "b") + "\x81";
    http::FrameReader reader(0);
    std::span<char> rest(bytes);
    EXPECT_EQ(reader.next(rest).data, "a");
    EXPECT_EQ(rest.size(), client_frame(text, "b").size() + 1);
    EXPECT_EQ(reader.next(rest).data, "b");
    EXPECT_EQ(rest.size(), 1U);
    EXPECT_EQ(reader.next(rest).kind, http::FrameReader::Kind::none);
    EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace confcast::test
