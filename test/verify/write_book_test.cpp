#include "confcast/verify/write_book.hpp"

#include "court.hpp"

namespace confcast::verify::test {
namespace {

using enum WriteBook::Outcome;

class Book : public Court {
  protected:
    std::string verdict_on(WriteBook::Outcome outcome, Write write, Revision revision = 0) {
        WriteBook book;
        book.note(outcome, std::move(write), revision);
        book.finish(history, verdict);
        return counts();
    }
};

TEST_F(Book, IsContentWithWhatHappened) {
    EXPECT_EQ(verdict_on(acknowledged, {{{"a", "2"}}, {}}, 3), "");
    EXPECT_EQ(verdict_on(acknowledged, {{{"b", "1"}, {"c", "1"}}, {}}, 4), "");
    EXPECT_EQ(verdict_on(acknowledged, {{}, {"b"}}, 5), "");
    EXPECT_EQ(verdict_on(unknown, {{{"a", "2"}}, {}}), "");
    EXPECT_EQ(verdict_on(unknown, {{{"a", "99"}}, {}}), "");
    EXPECT_EQ(verdict_on(refused, {{{"a", "99"}}, {"c"}}), "");
}
TEST_F(Book, FindsAnAcknowledgedWriteThatIsLost) {
    EXPECT_EQ(verdict_on(acknowledged, {{{"a", "99"}}, {}}, 3), "diverged=1");
}
TEST_F(Book, FindsAnAcknowledgedWriteAtAnotherRevision) {
    EXPECT_EQ(verdict_on(acknowledged, {{{"a", "2"}}, {}}, 6), "diverged=1");
}
TEST_F(Book, FindsAnAcknowledgedDeleteThatIsLost) { EXPECT_EQ(verdict_on(acknowledged, {{}, {"a"}}, 3), "diverged=1"); }
TEST_F(Book, FindsARefusedWriteThatHappened) { EXPECT_EQ(verdict_on(refused, {{{"a", "2"}}, {}}), "diverged=1"); }
TEST_F(Book, FindsAWriteThatHappenedTwice) {
    history.add(put("a", "2", 10, 4, 2));
    EXPECT_EQ(verdict_on(unknown, {{{"a", "2"}}, {}}), "diverged=1");
}
TEST_F(Book, FindsHalfATransaction) { EXPECT_EQ(verdict_on(unknown, {{{"b", "1"}, {"a", "99"}}, {}}), "torn=1"); }
TEST_F(Book, FindsATransactionInTwoRevisions) {
    EXPECT_EQ(verdict_on(unknown, {{{"b", "1"}, {"a", "2"}}, {}}), "torn=1");
}
TEST_F(Book, FindsTwoWritesInOneRevision) { EXPECT_EQ(verdict_on(acknowledged, {{{"b", "1"}}, {}}, 4), "torn=1"); }

TEST_F(Book, CountsAndKnowsTheNewestRevision) {
    WriteBook book;
    book.note(acknowledged, {}, 7);
    book.note(acknowledged, {}, 3);
    book.note(acknowledged, {}, 9, false);
    book.note(unknown, {});
    EXPECT_EQ(book.acknowledged(), 7);
    EXPECT_EQ(book.count(acknowledged), 3U);
    EXPECT_EQ(book.count(refused), 0U);
    EXPECT_EQ(book.count(unknown), 1U);
}

}  // namespace
}  // namespace confcast::verify::test
