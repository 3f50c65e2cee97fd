// The key index that follows the log: whatever of it is in memory, on the disk or in both, a store says the same.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "embedded_fixture.hpp"

namespace confcast::test {
namespace {

class KeyIndex : public EmbeddedTest {
  protected:
    KeyIndex() { options.max_tail = 16; }

    /// What each revision is to look like.
    using Model = std::map<std::string, std::string>;
    std::map<store::Revision, Model> past;

    void write(std::mt19937& random, Model& now) {
        std::vector<store::Transaction> group(1 + random() % 40);
        std::vector<Model> then;
        for (auto& transaction : group) {
            const auto key = "k" + std::to_string(random() % 60);
            if (random() % 4 == 0) {
                transaction.deletes = {key};
                now.erase(key);
            } else {
                now[key] = std::to_string(random());
                transaction.puts.push_back({key, now[key], 0});
            }
            then.push_back(now);
        }
        const auto results = commit_all(group);
        for (std::size_t i = 0; i < results.size(); ++i) past[results[i]->value().revision] = then[i];
    }

    void expect_same(store::Revision at, const Model& model) {
        const auto all = run(db().range({store::KeyRange::prefix("k"), at, 0, false})).value();
        Model found;
        for (const auto& kv : all.kvs) found[kv.key] = kv.value;
        EXPECT_EQ(found, model) << "at " << at;
        EXPECT_TRUE(std::ranges::is_sorted(all.kvs, {}, &store::KeyValue::key));
        const auto page = run(db().range({{"k3", "k5"}, at, 3, true})).value();
        const auto begin = model.lower_bound("k3");
        const auto count = std::distance(begin, model.lower_bound("k5"));
        EXPECT_EQ(page.more, count > 3);
        EXPECT_EQ(page.kvs.size(), static_cast<std::size_t>(std::min<std::ptrdiff_t>(count, 3)));
        const auto one = run(db().range({store::KeyRange::single("k7"), at, 0, false})).value();
        EXPECT_EQ(one.kvs.size(), model.count("k7"));
    }
};

TEST_F(KeyIndex, SaysWhatAModelSaysAtEveryRevisionWhileItFollows) {
    std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): repeatable
    Model now;
    open();
    for (int round = 0; round < 60; ++round) {
        write(random, now);
        if (round % 5 == 0) reopen();
        if (round % 20 == 19) {
            const auto oldest = std::next(past.begin(), static_cast<std::ptrdiff_t>(past.size() / 2))->first;
            ASSERT_TRUE(run(db().compact(oldest)));
            tick();
            past.erase(past.begin(), past.lower_bound(oldest));
        }
        if (round % 3 == 0)
            for (const auto& [revision, model] : past) expect_same(revision, model);
        expect_same(0, now);
    }
}

TEST_F(KeyIndex, GetsWhatTheTailLoses) {
    open();
    for (int i = 0; i < 200; ++i) put("k" + std::to_string(i), "v");
    tick();
    close();
    const auto indexed = sql("SELECT value FROM meta WHERE name = 'indexed'");
    EXPECT_GT(indexed, sql("SELECT id FROM log ORDER BY id LIMIT 1 OFFSET 150"));
    EXPECT_EQ(sql("SELECT count(*) FROM log WHERE id <= " + std::to_string(indexed)),
              sql("SELECT count(*) FROM by_key WHERE id <= " + std::to_string(indexed)));
}

TEST_F(KeyIndex, OfACompactionAtTheHeadFreesWhatWasInMemoryOnly) {
    options.max_tail = 16'384;
    open();
    for (int i = 0; i < 50; ++i) put("a", std::to_string(i));
    ASSERT_TRUE(run(db().compact(status().revision)));
    tick();
    EXPECT_EQ(get("a"), "49");
    close();
    EXPECT_EQ(sql("SELECT count(*) FROM log"), 1);
    EXPECT_EQ(sql("SELECT count(*) FROM by_key"), 1);
}

}  // namespace
}  // namespace confcast::test
