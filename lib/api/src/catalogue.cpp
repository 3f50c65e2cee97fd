#include "catalogue.hpp"

#include <array>
#include <optional>

#include "confcast/base/utf8.hpp"
#include "phrases.hpp"

namespace confcast::api {
namespace {

bool has_detail(const Error& error, std::string_view name) {
    for (const Detail& d : error.details())
        if (d.name == name) return true;
    return false;
}

std::string detail_text(const Error& error, std::string_view name, http::Language language) {
    const std::string text = error.detail(name);
    if (language == http::Language::zh)
        if (const auto known = phrase_zh(text)) return std::string(*known);
    return shown(text, max_shown_bytes);
}

// nullopt when a particular is missing.
std::optional<std::string> fill(std::string_view part, const Error& error, http::Language language) {
    std::string out;
    std::size_t at = 0;
    while (at < part.size()) {
        const std::size_t open = part.find('{', at);
        out += part.substr(at, open == std::string_view::npos ? open : open - at);
        if (open == std::string_view::npos) break;
        const std::size_t close = part.find('}', open);
        const std::string_view name = part.substr(open + 1, close - open - 1);
        if (!has_detail(error, name)) return std::nullopt;
        out += detail_text(error, name, language);
        at = close + 1;
    }
    return out;
}

}  // namespace

std::string shown(std::string_view text, std::size_t limit) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const bool cut = text.size() > limit;
    if (cut) {
        std::size_t end = limit;
        // not in the middle of a character: at most three continuation bytes stand before its end
        for (int i = 0; i < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U; ++i) --end;
        text = text.substr(0, end);
    }
    std::string out;
    for (const char c : escape_invalid_utf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            out += "\\x";
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        } else {
            out += c;
        }
    }
    if (cut) out += "…";
    return out;
}

std::string message_of(const Error& error, http::Language language) {
    const Sentences both = sentences_of(error.code());
    const std::string_view sentence = language == http::Language::zh ? both.zh : both.en;
    std::string out;
    std::size_t at = 0;
    while (at < sentence.size()) {
        const std::size_t open = sentence.find('[', at);
        const std::string_view plain = sentence.substr(at, open == std::string_view::npos ? open : open - at);
        out += fill(plain, error, language).value_or(std::string(plain));
        if (open == std::string_view::npos) break;
        const std::size_t close = sentence.find(']', open);
        if (const auto optional = fill(sentence.substr(open + 1, close - open - 1), error, language)) out += *optional;
        at = close + 1;
    }
    return out;
}

// No default: a new code without sentences does not compile (-Wswitch).
Sentences sentences_of(Errc code) {
    switch (code) {
        case Errc::malformed_json:
            return {
                "This is not valid JSON[: {problem}][: {reason}][, at byte {position}]. Correct it and send it again.",
                "这不是合法的 JSON[：{problem}][：{reason}][（第 {position} 字节）]。请修正后重新发送。"};
        case Errc::unknown_field:
            return {"There is no [{kind} ][\"{name}\" ][\"{field}\" ]here. Leave it out[ or use one of: {known}].",
                    "这里没有[名为 \"{name}\" 的][名为 \"{field}\" 的][{kind}]。请去掉它[，可用的有：{known}]。"};
        case Errc::invalid_parameter:
            return {"The parameter [\"{parameter}\" ]cannot be taken[: {rule}][: {reason}].",
                    "参数[ \"{parameter}\" ]无效[：{rule}][：{reason}]。"};
        case Errc::invalid_key:
            return {"The key [\"{key}\" ]breaks the rules of keys[: {rule}].",
                    "配置键[ \"{key}\" ]不合规则[：{rule}]。"};
        case Errc::invalid_encoding:
            return {
                "The [{part} of the ]request target is not well percent-encoded[ at \"{near}\"]. Write each reserved "
                "byte as % and two hexadecimal digits.",
                "请求目标[的{part}]的百分号编码有误[（\"{near}\" 处）]。每个保留字节请写成 % 加两位十六进制数字。"};
        case Errc::invalid_field:
            return {"The [member {pointer} of the ]body cannot be taken[: {rule}][ (\"{name}\")].",
                    "请求体[中的 {pointer} ]无效[：{rule}][（\"{name}\"）]。"};
        case Errc::invalid_header:
            return {"The header [{name} ][{header} ]cannot be taken[: {rule}].",
                    "请求头[ {name} ][ {header} ]无效[：{rule}]。"};
        case Errc::json_too_deep:
            return {"The JSON is nested deeper than the limit[ of {limit} levels]. Make it flatter.",
                    "JSON 嵌套过深[，最多 {limit} 层]。请减少嵌套。"};
        case Errc::malformed_request:
            return {"This is not a well-formed HTTP/1.1 request[: {reason}]. Correct the client.",
                    "这不是合法的 HTTP/1.1 请求[：{reason}]。请修正客户端。"};
        case Errc::invalid_since:
            return {
                "The position [\"{since}\" ]does not parse[: {reason}]. Write since=<revision> or "
                "since=<epoch>:<revision>, as a "
                "message or an answer gave it.",
                "位置[ \"{since}\" ]无法解析[：{reason}]。请写成 since=<revision> 或 since=<epoch>:<revision>。"};
        case Errc::invalid_message:
            return {
                "The message cannot be understood[: {rule}][: {reason}]. See the push protocol for what a client may "
                "send.",
                "无法理解该消息[：{rule}][：{reason}]。客户端可发送的消息见推送协议。"};
        case Errc::duplicate_key:
            return {"The key [\"{key}\" ]is named more than once. Name each key once in a transaction.",
                    "配置键[ \"{key}\" ]出现了多次。一个事务中每个键只能出现一次。"};
        case Errc::too_many_operations:
            return {"The transaction has more operations than the limit[ of {limit}]. Split it.",
                    "事务中的操作过多[，上限为 {limit}]。请拆分。"};
        case Errc::too_many_filters:
            return {"The stream has more filters than the limit[ of {limit}]. Use prefixes, or a second connection.",
                    "过滤条件过多[，上限为 {limit}]。请使用前缀或另开连接。"};
        case Errc::future_revision:
            return {"The store has not reached that revision yet[; its newest is {revision}]. Ask for one that it has.",
                    "存储尚未到达该版本[，最新版本为 {revision}]。请使用已有的版本。"};
        case Errc::unauthenticated:
            return {"This needs a credential[: {reason}]. Send one as Authorization: Bearer followed by your token.",
                    "需要凭据[：{reason}]。请在请求头 Authorization: Bearer 后附上令牌。"};
        case Errc::not_allowed:
            return {"Your credential does not permit this write[: \"{key}\"]. Ask an administrator for the permission.",
                    "您的凭据不允许此写入[：\"{key}\"]。请向管理员申请权限。"};
        case Errc::admin_required:
            return {"Only an administrator may do this. Use a credential that has the permission admin.",
                    "只有管理员可以执行此操作。请使用具有 admin 权限的凭据。"};
        case Errc::origin_not_allowed:
            return {
                "The origin of this page, or the name in Host, is not one that this server serves. Its operator can "
                "allow "
                "it with --allow-origin.",
                "本服务器不接受此页面来源或 Host 名称。运维人员可用 --allow-origin 放行。"};
        case Errc::quota_exceeded:
            return {
                "The namespace [\"{namespace}\" ]is full[: {size} of {limit} {unit}]. Delete something, or ask an "
                "administrator for more.",
                "命名空间[ \"{namespace}\" ]已满[：{size} / {limit} {unit}]。请删除部分配置或联系管理员。"};
        case Errc::config_not_found:
            return {"There is no setting[ \"{key}\"][ at revision {revision}].",
                    "资源不存在：没有配置[ \"{key}\"][（版本 {revision}）]。"};
        case Errc::route_not_found:
            return {"There is no such path here[: {path}]. GET /api/v1/openapi.json lists all of them.",
                    "路径不存在[：{path}]。所有路径见 GET /api/v1/openapi.json。"};
        case Errc::lease_not_found:
            return {"The setting's time to live ended before it was written. Send the request again.",
                    "租约已失效，配置未写入。请重新发送请求。"};
        case Errc::client_not_found:
            return {"There is no stream[ \"{id}\"] on this node. GET /api/v1/clients lists those that are there.",
                    "本节点上没有该推送流[ \"{id}\"]。现有的推送流见 GET /api/v1/clients。"};
        case Errc::token_not_found:
            return {"There is no token[ \"{id}\"] in the store. GET /api/v1/tokens lists those that are there.",
                    "存储中没有令牌[ \"{id}\"]。现有令牌见 GET /api/v1/tokens。"};
        case Errc::method_not_allowed:
            return {"This path does not take this method[ ({method})][; it takes {allow}].",
                    "该路径不支持此方法[ {method}][，支持：{allow}]。"};
        case Errc::not_acceptable:
            return {"Nothing that the Accept header lists is served here[; there is {served}]. Ask for one of them.",
                    "Accept 请求头所列的类型均不可用[，可用的有：{served}]。请改用其中之一。"};
        case Errc::request_timeout:
            return {"The [{part} of the ]request did not arrive in time. Send it again, faster or in smaller pieces.",
                    "请求[的{part}]未能及时到达。请重新发送。"};
        case Errc::already_exists:
            return {"The setting [\"{key}\" ]is already there[ (revision {mod_revision})]. Replace it with PUT.",
                    "配置[ \"{key}\" ]已存在[（版本 {mod_revision}）]。如需替换请使用 PUT。"};
        case Errc::compare_failed:
            return {
                "The transaction changed nothing: compare[ {op_index}] did not hold[, \"{key}\" is at revision "
                "{mod_revision}]. Read again and retry.",
                "事务未执行：比较条件[ {op_index} ]不成立[，\"{key}\" 的当前版本为 "
                "{mod_revision}]。请重新读取后再试。"};
        case Errc::compacted:
            return {
                "That revision has been compacted[; the oldest readable one is {oldest}]. Start from the present "
                "state.",
                "该历史版本已被压缩[，可读的最早版本为 {oldest}]。请从当前状态重新开始。"};
        case Errc::position_lost:
            return {
                "What changed after [{since} ]that position cannot be told any more[: {reason}]. Read the state and "
                "go on from its revision.",
                "该位置[ {since} ]之后的变更已无法给出[：{reason}]。请读取当前状态并从其版本继续。"};
        case Errc::precondition_failed:
            return {
                "The setting [\"{key}\" ]was not changed: the precondition did not hold[, it is at revision "
                "{mod_revision}]. Read again and retry.",
                "配置[ \"{key}\" ]未更改：前提条件不成立[，当前版本为 {mod_revision}]。请重新读取后再试。"};
        case Errc::value_too_large:
            return {"The value is too large[: {size} bytes][, the limit is {limit}]. Make it smaller or split it.",
                    "配置值过大[：{size} 字节][，上限为 {limit} 字节]。请缩小或拆分。"};
        case Errc::body_too_large:
            return {"The request body is larger than this path takes[: the limit is {limit} bytes]. Send less.",
                    "请求体过大[，此路径的上限为 {limit} 字节]。请减小请求体。"};
        case Errc::target_too_long:
            return {"The request target is too long[: the limit is {limit} bytes]. Shorten it.",
                    "请求目标过长[，上限为 {limit} 字节]。请缩短。"};
        case Errc::unsupported_media_type:
            return {"This path takes application/json[, not \"{content_type}\"]. Set the Content-Type.",
                    "此路径只接受 application/json[，不接受 \"{content_type}\"]。请设置 Content-Type。"};
        case Errc::expectation_failed:
            return {"The only expectation that this server meets is 100-continue. Leave the Expect header out.",
                    "本服务器只支持 Expect: 100-continue。请去掉 Expect 请求头。"};
        case Errc::idempotency_key_reused:
            return {
                "This Idempotency-Key came before with another request; nothing was written. Make a new one for it.",
                "此 Idempotency-Key 已用于另一请求，未写入任何内容。请为该请求生成新的键。"};
        case Errc::upgrade_required:
            return {
                "This path is a stream[: {reason}]. Connect with a WebSocket client, version 13[, or with Accept: "
                "{served}].",
                "此路径是推送流[：{reason}]。请使用 WebSocket（版本 13）客户端连接[，或使用 Accept：{served}]。"};
        case Errc::too_many_requests:
            return {
                "You make more requests than you may[: {limit} a second]. Wait[ {retry_after} seconds], and go slower.",
                "请求过于频繁[，上限为每秒 {limit} 次]。请[等待 {retry_after} 秒并]降低频率。"};
        case Errc::too_many_writes:
            return {
                "The namespace [\"{namespace}\" ]takes no more writes now[: {limit} a second]. Wait[ {retry_after} "
                "seconds], and write less often.",
                "命名空间[ \"{namespace}\" ]写入过于频繁[，上限为每秒 {limit} 次]。请[等待 {retry_after} "
                "秒并]降低频率。"};
        case Errc::header_too_large:
            return {"The request head is too large[: the limit is {limit} bytes]. Send fewer or shorter headers.",
                    "请求头过大[，上限为 {limit} 字节]。请减少请求头。"};
        case Errc::internal:
            return {"The server made a mistake; it has been logged. Tell its operator the X-Request-Id of this answer.",
                    "服务器内部错误，已记录日志。请将本响应的 X-Request-Id 告知运维人员。"};
        case Errc::configuration_wrong:
            return {"The new configuration is wrong[: {reason}]. The old one goes on.",
                    "新配置有误[：{reason}]。旧配置继续生效。"};
        case Errc::method_not_implemented:
            return {"This server does not know the method[ {method}]. Use GET, HEAD, POST, PUT or DELETE.",
                    "服务器不支持方法[ {method}]。请使用 GET、HEAD、POST、PUT 或 DELETE。"};
        case Errc::store_unavailable:
            return {"The store cannot be used now[: {reason}]. Try again after a while.",
                    "存储暂不可用[：{reason}]。请稍后重试。"};
        case Errc::not_caught_up:
            return {
                "This node has not caught up[ to revision {revision}] in time[; it is at {current}]. Try again or ask "
                "another "
                "node.",
                "本节点未能及时到达[版本 {revision}][，当前为 {current}]。请重试或访问其他节点。"};
        case Errc::shutting_down:
            return {"The server is shutting down. Connect again, to another node if there is one.",
                    "服务器正在关闭。请重新连接，或连接其他节点。"};
        case Errc::too_many_connections:
            return {"The server has as many connections as it may[ ({limit})]. Try again after a while.",
                    "连接数已达上限[（{limit}）]。请稍后重试。"};
        case Errc::too_many_from_address:
            return {
                "Your address has as many connections as one may[ ({limit})]. Close some, or try again after a while.",
                "您的地址的连接数已达上限[（{limit}）]。请关闭部分连接或稍后重试。"};
        case Errc::overloaded:
            return {"The server has no memory to spare for this. Try again after a while.",
                    "服务器内存不足，暂时无法处理。请稍后重试。"};
        case Errc::store_timeout:
            return {"The store did not answer in time; nothing was written. Try again.",
                    "存储响应超时，未写入任何内容。请重试。"};
        case Errc::outcome_unknown:
            return {"The write was sent but its answer did not come: it may have happened. Read before you retry.",
                    "写入已发出但未收到结果，可能已生效。重试前请先读取确认。"};
        case Errc::http_version_unsupported:
            return {"This server speaks HTTP/1.1 and HTTP/1.0. Use one of them.",
                    "本服务器只支持 HTTP/1.1 和 HTTP/1.0。请改用其中之一。"};
    }
    return {"Unknown error.", "未知错误。"};
}

}  // namespace confcast::api
