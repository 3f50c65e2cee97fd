#include "filter_bucket.hpp"

#include "glob.hpp"

namespace confcast::push {

bool FilterBucket::matches(std::string_view key) const {
    switch (kind) {
        case FilterKind::key:
            return key == text;
        case FilterKind::prefix:
            return key.starts_with(text);
        case FilterKind::glob:
            return glob_matches(text, key);
        case FilterKind::topic:
            break;
    }
    return false;
}

std::string_view FilterBucket::head() const { return kind == FilterKind::glob ? glob_head(text) : text; }

}  // namespace confcast::push
