#include "phrases.hpp"

#include <array>

namespace confcast::api {
namespace {

struct Phrase {
    std::string_view english;
    std::string_view chinese;
};

constexpr std::array phrases{
    Phrase{"parameter", "参数"},
    Phrase{"field", "字段"},
    Phrase{"path", "路径"},
    Phrase{"query", "查询串"},
    Phrase{"(none)", "（无）"},
    Phrase{"the body is empty", "请求体为空"},
    Phrase{"it is missing", "缺少该字段"},
    Phrase{"it must be a string", "必须是字符串"},
    Phrase{"it must be an object", "必须是对象"},
    Phrase{"it must be an array", "必须是数组"},
    Phrase{"an object has the same member twice", "对象中有重复的成员"},
    Phrase{"it may be given once", "只能出现一次"},
    Phrase{"it must be UTF-8", "必须是 UTF-8"},
    Phrase{"it is a switch: true or false", "取值为 true 或 false"},
    Phrase{"it can only be: meta", "只能为 meta"},
    Phrase{"it can only be: base64", "只能为 base64"},
    Phrase{"it is linearizable or serializable", "取值为 linearizable 或 serializable"},
    Phrase{"it is not base64 with padding (RFC 4648)", "不是带填充的 base64（RFC 4648）"},
    Phrase{"it must be a media type of at most 255 bytes", "必须是不超过 255 字节的媒体类型"},
    Phrase{"name at least one compare, put or delete", "至少需要一个 compare、put 或 delete"},
    Phrase{"give back next_cursor of the page before, unchanged", "请原样传回上一页的 next_cursor"},
    Phrase{"it belongs to a list of another prefix", "该游标属于另一个前缀的列表"},
    Phrase{"it belongs to another history: start the list again", "该游标属于另一段历史，请重新开始"},
    Phrase{"it has at most 512 bytes and no control characters", "最多 512 字节，且不含控制字符"},
    Phrase{"write * or entity tags in double quotes, such as \"42\"", "请写 * 或带双引号的实体标签，如 \"42\""},
    Phrase{"* stands alone", "* 只能单独出现"},
    Phrase{"it has at most 64 entity tags", "最多 64 个实体标签"},
    Phrase{"creating has its own condition; use PUT for others", "创建自带条件，其他条件请使用 PUT"},
    Phrase{"raw has no room for it", "不能与 raw 同时使用"},
    Phrase{"a read of the past goes without min_revision and consistency",
           "读取历史版本时不能使用 min_revision 和 consistency"},
    Phrase{"it goes with wait", "须与 wait 一起使用"},
    Phrase{"it is a time such as 30s or 500ms; 60s is the longest", "取值为时间，如 30s 或 500ms，最长 60s"},
    Phrase{"it goes without revision, min_revision, consistency, cursor",
           "不能与 revision、min_revision、consistency、cursor 同时使用"},
    Phrase{"it belongs to another history", "该位置属于另一段历史"},
    Phrase{"this node has not come so far", "本节点尚未到达该位置"},
    Phrase{"history no longer reaches back so far", "历史记录已不再包含该位置"},
    // the rules of keys, as the store room tells them
    Phrase{"a key has at least one byte", "键至少一个字节"},
    Phrase{"a key has at most 512 bytes", "键最多 512 字节"},
    Phrase{"a key is valid UTF-8", "键必须是合法的 UTF-8"},
    Phrase{"a key has no control characters", "键不能含控制字符"},
    Phrase{"a key has no empty segment: no '/' at its ends, no '//'", "键不能有空段：首尾不能是 '/'，也不能有 '//'"},
    Phrase{"a key has no segment '.' or '..'", "键不能有 '.' 或 '..' 段"},
    Phrase{"in a glob ** is a whole segment", "通配符 ** 必须单独成段"},
    // how clients call themselves
    Phrase{"it has 1 to 128 letters, digits or any of . _ : / @ -", "须为 1 至 128 个字母、数字或 . _ : / @ -"},
    Phrase{"it is key:value", "格式为 key:value"},
    Phrase{"its key has 1 to 63 letters, digits or any of . _ / @ -", "标签键须为 1 至 63 个字母、数字或 . _ / @ -"},
    Phrase{"its value has at most 128 letters, digits or any of . _ : / @ -",
           "标签值最多 128 个字母、数字或 . _ : / @ -"},
    Phrase{"a client has at most 16 labels", "一个客户端最多 16 个标签"},
    Phrase{"each key is given once", "每个键只能出现一次"},
    Phrase{"it is websocket, sse or ndjson", "取值为 websocket、sse 或 ndjson"},
};

}  // namespace

std::optional<std::string_view> phrase_zh(std::string_view english) {
    for (const Phrase& phrase : phrases)
        if (phrase.english == english) return phrase.chinese;
    return std::nullopt;
}

}  // namespace confcast::api
