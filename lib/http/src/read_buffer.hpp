// The bytes a connection has read and not yet used, in one piece. Views into data() hold until the next prepare(),
// append() or release().
#pragma once

#include <boost/asio/buffer.hpp>
#include <cstring>
#include <memory>
#include <string_view>

namespace confcast::http {

class ReadBuffer {
  public:
    static constexpr std::size_t usual_capacity = 4096;

    std::string_view data() const { return {bytes_.get() + begin_, end_ - begin_}; }

    /// Room for at least one more byte.
    boost::asio::mutable_buffer prepare() {
        make_room(1);
        return {bytes_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t n) { end_ += n; }
    void consume(std::size_t n) {
        begin_ += n;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    void append(std::string_view more) {
        if (more.empty()) return;
        make_room(more.size());
        std::memcpy(bytes_.get() + end_, more.data(), more.size());
        end_ += more.size();
    }
    /// Gives memory back that an idle connection needs not keep.
    void release() {
        if (begin_ != end_ || capacity_ <= usual_capacity) return;
        bytes_.reset();
        capacity_ = 0;
    }

  private:
    void make_room(std::size_t n) {
        if (capacity_ - end_ >= n) return;
        const std::size_t used = end_ - begin_;
        if (used + n > capacity_) {
            const std::size_t wanted = std::max({usual_capacity, capacity_ * 2, used + n});
            auto bigger = std::make_unique_for_overwrite<char[]>(wanted);
            if (used > 0) std::memcpy(bigger.get(), bytes_.get() + begin_, used);
            bytes_ = std::move(bigger);
            capacity_ = wanted;
        } else {
            std::memmove(bytes_.get(), bytes_.get() + begin_, used);
        }
        begin_ = 0;
        end_ = used;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace confcast::http
