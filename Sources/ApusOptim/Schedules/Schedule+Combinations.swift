import Apus

extension Schedule {
    /// Up in equal steps first, and then another schedule from its beginning.
    ///
    /// - Parameters:
    ///   - steps: of the warm-up.
    ///   - start: what the learning rate is multiplied with at the first step; nil for 1/(steps + 1), so that step k has
    ///     (k + 1)/(steps + 1).
    ///   - schedule: what follows.
    public static func warmUp(steps: Int, from start: Double? = nil, then schedule: Schedule = .constant)
        -> Schedule
    {
        checkSteps("warmUp", steps)
        checkParts("warmUp", [schedule])
        return Schedule(
            momentum: { step in schedule.momentum(max(0, step - steps)) },
            rate: { step, base in
                if step >= steps { return schedule.rate(step - steps, base) }
                let start = start ?? 1 / Double(steps + 1)
                return schedule.rate(0, base) * (start + (1 - start) * Double(step) / Double(steps))
            })
    }

    /// One schedule after the other, each from its beginning. PyTorch's SequentialLR.
    ///
    /// - Parameter milestones: the steps at which the second, the third, … begin, in rising order.
    public static func sequential(_ schedules: [Schedule], at milestones: [Int]) -> Schedule {
        checkParts("sequential", schedules)
        if milestones.count != schedules.count - 1 || milestones != milestones.sorted() {
            fail(
                "sequential",
                "\(schedules.count) schedules need \(schedules.count - 1) rising steps to begin at, not \(milestones)"
            )
        }
        @Sendable func current(_ step: Int) -> (schedule: Schedule, step: Int) {
            let index = milestones.count { $0 <= step }
            return (schedules[index], index == 0 ? step : step - milestones[index - 1])
        }
        return Schedule(
            momentum: { step in
                let (schedule, step) = current(step)
                return schedule.momentum(step)
            },
            rate: { step, base in
                let (schedule, step) = current(step)
                return schedule.rate(step, base)
            })
    }

    /// All at once: the factors by which they change the learning rate are multiplied. PyTorch's ChainedScheduler.
    ///
    /// The momentum is that of the first schedule that has one.
    public static func chained(_ schedules: [Schedule]) -> Schedule {
        checkParts("chained", schedules)
        return Schedule(
            momentum: { step in schedules.lazy.compactMap { $0.momentum(step) }.first },
            rate: { step, base in
                base == 0 ? 0 : schedules.reduce(base) { $0 * ($1.rate(step, base) / base) }
            })
    }
}
