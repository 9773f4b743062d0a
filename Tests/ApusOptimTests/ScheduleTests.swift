import Apus
import ApusNN
import ApusOptim
import Testing

/// Two hundred steps of each schedule are PyTorch's.
@Suite struct ScheduleTests {
    static let schedules: [(name: String, schedule: Schedule)] = [
        ("step", .step(every: 30, factor: 0.5)),
        ("multiStep", .multiStep(at: [20, 50, 50, 120], factor: 0.3)),
        ("exponential", .exponential(factor: 0.97)),
        ("constant", .constant(factor: 0.2, steps: 40)),
        ("linear", .linear(from: 0.1, to: 0.8, steps: 60)),
        ("polynomial", .polynomial(steps: 150, power: 1.7)),
        ("cosine", .cosine(steps: 70, to: 0.001)),
        ("cosineOnce", .cosine(steps: 200)),
        ("restarts", .cosineWithRestarts(every: 20, growth: 2, to: 0.001)),
        ("restartsEven", .cosineWithRestarts(every: 30)),
        ("triangular", .cyclic(from: 0.01, to: 0.2, up: 15, down: 25)),
        ("triangular2", .cyclic(from: 0.01, to: 0.2, up: 15, mode: .triangular2)),
        ("expRange", .cyclic(from: 0.01, to: 0.2, up: 15, mode: .exponential(0.99))),
        ("oneCycle", .oneCycle(steps: 210, peak: 0.5)),
        (
            "oneCycleLinear",
            .oneCycle(
                steps: 210, peak: 0.5, rise: 0.4, division: 10, finalDivision: 100, isLinear: true,
                hasThreePhases: true)
        ),
        ("lambda", .lambda { 1 / (1 + 0.1 * Double($0)) }),
        ("chained", .chained([.constant(factor: 0.2, steps: 40), .exponential(factor: 0.97)])),
        (
            "sequential",
            .sequential(
                [.linear(from: 0.01, to: 1, steps: 20), .cosine(steps: 100), .exponential(factor: 0.9)],
                at: [20, 120])
        ),
    ]

    private func twoGroups() -> SGD {
        SGD(
            [
                ParameterGroup([Parameter(.zeros([1]))]),
                ParameterGroup([Parameter(.zeros([1]))], learningRate: 0.02),
            ],
            learningRate: 0.1, momentum: 0.9)
    }

    @Test(arguments: schedules.indices)
    func twoHundredStepsArePyTorchs(_ index: Int) throws {
        let (name, schedule) = ScheduleTests.schedules[index]
        let optimizer = twoGroups()
        let scheduler = Scheduler(optimizer, schedule)
        var (rates, momenta): ([Double], [Double]) = ([], [])
        for _ in 0..<200 {
            rates += optimizer.groups.map(\.learningRate)
            momenta += optimizer.groups.map { $0.momentum! }
            scheduler.step()
        }
        try PeerFixture.expect(
            Tensor(rates, shape: [200, 2], dtype: .float64), equals: "schedule.\(name).rate")
        try PeerFixture.expect(
            Tensor(momenta, shape: [200, 2], dtype: .float64), equals: "schedule.\(name).momentum")
    }

    static let plateaus: [(name: String, schedule: Schedule)] = [
        ("plain", .reduceOnPlateau(factor: 0.5, patience: 4)),
        (
            "cooldown",
            .reduceOnPlateau(factor: 0.3, patience: 2, threshold: 0.05, isRelative: false, cooldown: 5)
        ),
        ("largest", .reduceOnPlateau(factor: 0.5, patience: 6, better: .larger, to: 0.002)),
    ]

    /// Half of the steps are taken by a scheduler that goes on from the state of the first.
    @Test(arguments: plateaus.indices)
    func plateausArePyTorchs(_ index: Int) throws {
        let (name, schedule) = ScheduleTests.plateaus[index]
        let metrics = try PeerFixture.tensor("plateau.metrics").array(of: Double.self)
        var optimizer = twoGroups()
        var scheduler = Scheduler(optimizer, schedule)
        var rates: [Double] = []
        for (step, metric) in metrics.enumerated() {
            scheduler.step(metric: metric)
            rates += optimizer.groups.map(\.learningRate)
            if step != 60 { continue }
            let state = scheduler.stateDictionary()
            #expect(state.values.allSatisfy { $0.isFinite().all().item(as: Bool.self) })
            optimizer = twoGroups()
            scheduler = Scheduler(optimizer, schedule)
            try scheduler.load(state)
            #expect(optimizer.groups.map(\.learningRate) == Array(rates.suffix(2)))
        }
        try PeerFixture.expect(Tensor(rates, shape: [200, 2], dtype: .float64), equals: "plateau.\(name)")
    }

    @Test(arguments: schedules.indices)
    func aSchedulerGoesOnWhereItStopped(_ index: Int) throws {
        let schedule = ScheduleTests.schedules[index].schedule
        let (whole, rest) = (twoGroups(), twoGroups())
        let first = Scheduler(whole, schedule)
        for _ in 0..<70 { first.step() }
        let second = Scheduler(rest, schedule)
        try second.load(first.stateDictionary())
        for _ in 0..<3 {
            #expect(rest.groups.map(\.learningRate) == whole.groups.map(\.learningRate))
            #expect(rest.groups.map { $0.momentum! } == whole.groups.map { $0.momentum! })
            first.step()
            second.step()
        }
        #expect(throws: StateMismatch.self) { try second.load([:]) }
        #expect(throws: StateMismatch.self) { try second.load(["step": Tensor(-1)]) }
        #expect(throws: StateMismatch.self) { try second.load(["step": Tensor(1.5)]) }
        #expect(second.stepCount == 73)
    }

    @Test func aDamagedPlateauIsRefused() throws {
        let scheduler = Scheduler(twoGroups(), .reduceOnPlateau())
        scheduler.step(metric: 1)
        for (name, value) in [
            ("rates", Tensor([-1.0, 1])), ("rates", Tensor([Double.nan, 1])), ("best", Tensor(Double.nan)),
            ("badSteps", Tensor(-3)), ("rates", Tensor([1.0])),
        ] {
            var state = scheduler.stateDictionary()
            state[name] = value
            let error = #expect(throws: StateMismatch.self) { try scheduler.load(state) }
            #expect(error?.description.contains(name) == true)
        }
    }

    @Test func warmUpsComeUpInEqualSteps() {
        let schedule = Schedule.cosine(steps: 14, warmUp: 4)
        let rates = (0...14).map { schedule.learningRate(at: $0, base: 1) }
        for (found, expected) in zip(rates, [0.2, 0.4, 0.6, 0.8, 1]) {
            #expect(abs(found - expected) < 1e-15)
        }
        #expect(zip(rates[4...], rates[5...]).allSatisfy { $0 > $1 })
        #expect(abs(rates[9] - 0.5) < 1e-15 && abs(rates[14]) < 1e-15)
    }

    @Test func betasAreCycledToo() {
        let optimizer = Adam([Parameter(.zeros([1]))], learningRate: 0.1)
        let scheduler = Scheduler(optimizer, .oneCycle(steps: 100))
        #expect(optimizer.groups[0].betas! == (0.95, 0.999))
        for _ in 0..<29 { scheduler.step() }
        #expect(abs(optimizer.groups[0].betas!.0 - 0.85) < 1e-12)
        #expect(abs(optimizer.learningRate - 0.1) < 1e-12)
        for _ in 0..<500 { scheduler.step() }
        #expect(abs(optimizer.learningRate - 0.1 / 25 / 1e4) < 1e-12)
    }
}
