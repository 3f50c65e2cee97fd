// What the threads of a run share: the history, what was written and the verdict. Hold the mutex to touch any of it.
#pragma once

#include <mutex>
#include <string>

#include "confcast/verify/history.hpp"
#include "confcast/verify/verdict.hpp"
#include "confcast/verify/write_book.hpp"

namespace confcast::verify {

struct Court {
    std::mutex mutex;
    History history;
    Verdict verdict;
    WriteBook book;
    std::string broken;  // why the run itself has failed; empty = it has not
};

}  // namespace confcast::verify
