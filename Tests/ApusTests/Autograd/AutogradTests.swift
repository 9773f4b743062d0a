import Synchronization
import Testing

@testable import Apus

@Suite struct AutogradTests {
    @Test func sumOfProductHasTheOtherFactorAsGradient() {
        let x = Tensor([1.0, 2, 3], shape: [3]).requiringGradient()
        let y = Tensor([4.0, 5, 6], shape: [3])
        (x * y).sum().backward()
        #expect(x.grad!.array(of: Float.self) == [4, 5, 6])
    }

    @Test func gradientsAddUpOverUsesAndPasses() {
        let x = Tensor([3.0], shape: [1]).requiringGradient()
        (x * x + x).sum().backward()
        (x * x).sum().backward()
        #expect(x.grad!.array(of: Float.self) == [13])
    }

    @Test func broadcastAxesAreSummedBack() {
        let a = Tensor.ones([2, 3]).requiringGradient()
        let b = Tensor.ones([3]).requiringGradient()
        let c = Tensor.ones([2, 1]).requiringGradient()
        (a * b + c).sum().backward()
        #expect(b.grad!.array(of: Float.self) == [2, 2, 2])
        #expect(c.grad!.shape == [2, 1])
        #expect(c.grad!.array(of: Float.self) == [3, 3])
    }

    @Test func gradientsOfGradients() {
        // d²/dx² of x³ is 6x.
        let x = Tensor(2.0).requiringGradient()
        let first = gradient(of: x * x * x, at: x, createGraph: true)
        let second = gradient(of: first, at: x, createGraph: true)
        let third = gradient(of: second, at: x)
        #expect(first.item(as: Double.self) == 12)
        #expect(second.item(as: Double.self) == 12)
        #expect(third.item(as: Double.self) == 6)
    }

    @Test func aSavedOutputCanBeDifferentiatedAgain() {
        let x = Tensor(0.5, dtype: .float64).requiringGradient()
        let y = x.exp()
        let first = gradient(of: y, at: x, createGraph: true)
        let second = gradient(of: first, at: x)
        #expect(abs(second.item(as: Double.self) - 0.5.exponential) < 1e-12)
    }

    @Test func aChainOfAMillionOperationsRunsAndIsFreed() {
        let x = Tensor(1.0).requiringGradient()
        var y = x
        for _ in 0..<1_000_000 { y = -y }
        y.backward()
        #expect(x.grad!.item(as: Float.self) == 1)
        var unused = x
        for _ in 0..<1_000_000 { unused = -unused }
    }

    @Test func writingToACopyLeavesTheSavedValueAlone() {
        let x = Tensor([1.0, 2], shape: [2]).requiringGradient()
        var y = Tensor([5.0, 6], shape: [2])
        let z = (x * y).sum()
        y += 100
        z.backward()
        #expect(x.grad!.array(of: Float.self) == [5, 6])
        #expect(y.array(of: Float.self) == [105, 106])
    }

    @Test func withoutGradientRecordsNothingAndKeepsLeaves() {
        var x = Tensor([1.0], shape: [1]).requiringGradient()
        withoutGradient {
            #expect(!(x * 2).requiresGradient)
            x -= 0.5
        }
        #expect(x.requiresGradient && x.isLeaf)
        (x * 2).sum().backward()
        #expect(x.grad!.item(as: Float.self) == 2)
    }

    @Test func hooksSeeAndReplaceGradients() {
        let x = Tensor([1.0], shape: [1]).requiringGradient()
        let handle = x.registerHook { $0 * 10 }
        (x * 2).sum().backward()
        #expect(x.grad!.item(as: Float.self) == 20)
        handle.remove()
        (x * 2).sum().backward()
        #expect(x.grad!.item(as: Float.self) == 22)
    }

    /// Whoever sends gradients to others can begin while the pass goes on.
    @Test func hooksOfLeavesRunWithTheLastOperationThatUsesThem() {
        let seen = Mutex<[String]>([])
        func leaf(_ name: String, _ value: Double) -> Tensor {
            let leaf = Tensor([value], shape: [1]).requiringGradient()
            leaf.registerHook { gradient in
                seen.withLock { $0.append("\(name) \(gradient.item(as: Float.self))") }
                return nil
            }
            return leaf
        }
        let (first, shared, last) = (leaf("first", 2), leaf("shared", 3), leaf("last", 5))
        let hidden = first * shared
        hidden.registerHook { _ in
            seen.withLock { $0.append("hidden") }
            return nil
        }
        ((hidden * shared) * last).sum().backward()
        #expect(seen.withLock { $0 } == ["last 18.0", "hidden", "shared 60.0", "first 45.0"])
        #expect(shared.grad!.item(as: Float.self) == 60)
    }

    @Test func collectedGradientsAreToldWhileThePassGoesOn() {
        let seen = Mutex<[String]>([])
        let (first, last) = (Tensor([2.0]).requiringGradient(), Tensor([5.0]).requiringGradient())
        last.registerHook { $0 * 10 }
        let handle = last.registerCollectionHook { gradient in
            seen.withLock { $0.append("last \(gradient.item(as: Float.self))") }
        }
        func pass() {
            let hidden = first * 3
            hidden.registerHook { _ in
                seen.withLock { $0.append("hidden") }
                return nil
            }
            (hidden * last).sum().backward()
        }
        // What was collected before counts, and so does what hooks make of a gradient.
        pass()
        pass()
        handle.remove()
        pass()
        #expect(seen.withLock { $0 } == ["last 60.0", "hidden", "last 120.0", "hidden", "hidden"])
    }

    @Test func aCustomFunctionIsDifferentiatedByItsOwnRule() {
        let x = Tensor([2.0], shape: [1]).requiringGradient()
        let y = differentiable("twice", [x], forward: { $0[0] * 2 }, backward: { [$0.gradient * 7] })
        y.sum().backward()
        #expect(y.item(as: Float.self) == 4)
        #expect(x.grad!.item(as: Float.self) == 7)
    }

    @Test func memoryIsGivenBackToTheCache() async {
        // In a process of its own: other tests hold memory too.
        await #expect(processExitsWith: .success) {
            let before = Memory.statistics.used
            do {
                let x = Tensor.ones([1000, 100]).requiringGradient()
                (x.exp() * x).sum().backward()
            }
            try #require(Memory.statistics.used == before)
        }
    }

    @Test func gradientsOfTheSecondOrderAreFreed() async {
        await #expect(processExitsWith: .success) {
            let before = Memory.statistics.used
            for _ in 0..<100 {
                let x = Tensor.ones([64, 64]).requiringGradient()
                let w = Tensor.ones([64, 64]).requiringGradient()
                let slopes = gradient(of: x.matmul(w).tanh().sum(), at: [x, w], createGraph: true)
                (slopes[0].square().sum() + slopes[1].square().sum()).backward()
                w.grad = gradient(of: x.matmul(w).exp().sum(), at: w, createGraph: true)
                try #require(w.grad!.shape == [64, 64] && x.grad != nil)
            }
            try #require(Memory.statistics.used == before)
        }
    }

    @Test func aSecondPassOverAReleasedGraphTraps() async {
        await #expect(processExitsWith: .failure) {
            let x = Tensor([2.0], shape: [1]).requiringGradient()
            let y = (x * x).sum()
            y.backward()
            y.backward()
        }
    }

    @Test func detectingNaNNamesTheOperation() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            withNaNCheck {
                let x = Tensor([Double.infinity], shape: [1])
                _ = x - x
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("subtract: a NaN first appeared"))
    }
}

extension Double {
    fileprivate var exponential: Double { 1.6487212707001282 }
}
