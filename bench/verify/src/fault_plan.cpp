#include "confcast/verify/fault_plan.hpp"

#include "confcast/verify/dice.hpp"

namespace confcast::verify {

std::string_view name_of(FaultKind kind) {
    switch (kind) {
        case FaultKind::kill_server:
            return "kill -9 of the server";
        case FaultKind::drain_server:
            return "SIGTERM to the server";
        case FaultKind::compact:
            return "compaction";
        case FaultKind::stall_clients:
            return "stalled subscribers";
        case FaultKind::drop_clients:
            return "dropped subscribers";
        case FaultKind::kill_member:
            return "kill -9 of a member";
        case FaultKind::stop_member:
            return "SIGSTOP of a member";
    }
    return "?";
}

std::vector<Fault> make_faults(const FaultPlan& plan) {
    std::vector<Fault> faults;
    if (plan.every.count() <= 0 || plan.kinds.empty()) return faults;
    Dice dice(plan.seed);
    std::vector<FaultKind> bag;
    const auto around = [&] { return plan.every * dice.between(70, 130) / 100; };
    for (auto at = around(); at + plan.every <= plan.duration; at += around()) {
        if (bag.empty()) bag = plan.kinds;
        const auto drawn = bag.begin() + static_cast<std::ptrdiff_t>(dice.below(bag.size()));
        Fault fault;
        fault.at = at;
        fault.kind = *drawn;
        fault.length = plan.every * dice.between(20, 120) / 100;
        fault.dice = dice.next();
        faults.push_back(fault);
        bag.erase(drawn);
    }
    return faults;
}

}  // namespace confcast::verify
