import Apus
import ApusNN
import Testing

private final class Counter: Module {
    let weight = Parameter(.ones([2]), name: "kernel")
    let seen = Buffer(.zeros([], dtype: .int64), name: "number_seen")
    let mean = Buffer(.zeros([2]))
}

private final class Outer: Module {
    let inner = [Counter()]
    let shift = Buffer(.ones([1]))
}

@Suite struct BufferTests {
    @Test func buffersAreStateUnderTheirOwnNames() {
        let outer = Outer()
        #expect(
            outer.stateDictionary().keys.sorted() == [
                "inner.0.kernel", "inner.0.mean", "inner.0.number_seen", "shift",
            ])
        #expect(
            outer.namedBuffers().map(\.name) == ["inner.0.number_seen", "inner.0.mean", "shift"])
        #expect(outer.namedParameters().map(\.name) == ["inner.0.kernel"])
    }

    @Test func loadingKeepsTheType() throws {
        let (a, b) = (Counter(), Counter())
        a.seen.value += 5
        var state = a.stateDictionary()
        state["mean"] = Tensor([1.5, 2], dtype: .float64)
        state["number_seen"] = state["number_seen"]!.to(.int32)
        try b.load(state)
        #expect(b.seen.value.dtype == .int64 && b.seen.value.item(as: Int.self) == 5)
        #expect(b.mean.value.dtype == .float32 && b.mean.value.array(of: Float.self) == [1.5, 2])
    }

    @Test func nothingIsLoadedWhereABufferDoesNotFit() {
        let counter = Counter()
        var state = counter.stateDictionary()
        state["kernel"] = .zeros([2])
        state["mean"] = .zeros([3])
        state["number_seen"] = nil
        do {
            try counter.load(state)
            Issue.record("a state that does not fit was loaded")
        } catch let mismatch as StateMismatch {
            #expect(mismatch.missing == ["number_seen"])
            #expect(mismatch.misshapen == [.init(name: "mean", expected: [2], found: [3])])
        } catch { Issue.record("\(error)") }
        #expect(counter.weight.value.array(of: Float.self) == [1, 1])
    }

    @Test func aBufferHasNoHistory() {
        let buffer = Buffer(Tensor([1.0, 2]).requiringGradient())
        #expect(!buffer.value.requiresGradient)
        buffer.value = Tensor([3.0, 4]).requiringGradient() * 2
        #expect(!buffer.value.requiresGradient && buffer.value.array(of: Float.self) == [6, 8])
    }
}
