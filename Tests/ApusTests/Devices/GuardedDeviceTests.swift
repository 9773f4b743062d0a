import Testing
import _ApusTestSupport

@testable import Apus

/// Everything runs on a device whose memory nobody can touch but its kernels: what reaches around them ends the program.
@Suite(.serialized) struct GuardedDeviceTests {
    private static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    @Test func memoryCannotBeRead() async {
        await #expect(processExitsWith: .failure) {
            let x = Tensor.ones([4]).to(.guarded)
            print(x.start.load(as: Float.self))  // used, or the optimizer reads nothing
        }
    }

    @Test func tensorsMoveAndComeBack() {
        let x = Tensor([[1.0, 2], [3, 4]]).requiringGradient()
        let y = x.to(.guarded)
        #expect(y.device == .guarded && x.device == .cpu && (y * 2).device == .guarded)
        let z = (y * y).to(.cpu)
        #expect(z.device == .cpu && z.array(of: Float.self) == [1, 4, 9, 16])
        let slope = gradient(of: z.sum(), at: x)
        #expect(slope.device == .cpu && slope.array(of: Float.self) == [2, 4, 6, 8])
        #expect(y.transpose().to(.cpu).array(of: Float.self) == [1, 3, 2, 4])
        #expect("\(y.detach())" == "\(x.detach())")
    }

    @Test func scopesMakeTensorsElsewhere() {
        withDevice(.guarded) {
            #expect(Tensor.zeros([2]).device == .guarded && Tensor([1.0, 2]).device == .guarded)
            #expect(Tensor.uniform([2]).device == .guarded && Tensor.arange(3).device == .guarded)
            withDevice(.cpu) { #expect(Tensor.zeros([2]).device == .cpu) }
        }
        #expect(Tensor.zeros([2]).device == .cpu)
    }

    @Test func devicesDoNotMix() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).to(.guarded) + Tensor.ones([3])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("add: input 0 is on guarded and input 1, of shape [3], on cpu"))
    }

    /// The result of a sample and its gradients.
    private static func run(_ sample: Operation.Sample, _ inputs: [Tensor]) -> [Tensor] {
        let leaves = inputs.map { $0.dtype.isDifferentiable ? $0.requiringGradient() : $0 }
        let result = sample.call(leaves)
        let wanted = leaves.filter(\.requiresGradient)
        if !result.requiresGradient || wanted.isEmpty { return [result] }
        return [result] + gradient(of: result, at: wanted, upstream: .ones(like: result))
    }

    /// Values and gradients of every sample, to the bits of the processor's; first with new tensors made on the device, then
    /// with the processor as their place, where an operation follows its inputs.
    ///
    /// One test, since each of so many would wait for its turn among all others.
    @Test func everySampleRuns() {
        for test in OperationCase.all {
            let dtype = test.operation.dtypes.first!
            let inputs = ReplayTests.inputs(test.sample, dtype, seed: 3)
            let moved = inputs.map { $0.to(.guarded) }
            let expected = Self.run(test.sample, inputs).map(Self.bytes)
            let found = withDevice(.guarded) { Self.run(test.sample, moved).map(Self.bytes) }
            #expect(found == expected, "\(test.testDescription) in \(dtype)")
            let followed = Self.run(test.sample, moved)
            #expect(
                followed.map(Self.bytes) == expected, "\(test.testDescription) in \(dtype), by its inputs")
            if Self.usesInputs(test.sample, inputs) {
                #expect(
                    followed.allSatisfy { $0.device == .guarded }, "\(test.testDescription) left the device")
            }
        }
    }

    /// Whether the result is made of the inputs' elements, and not only in their type or shape.
    private static func usesInputs(_ sample: Operation.Sample, _ inputs: [Tensor]) -> Bool {
        let graph = Trace.of(inputs) { [sample.call($0)] }
        let used = graph.applications.flatMap(\.inputs) + graph.outputs
        return !Set(used).isDisjoint(with: graph.inputs)
    }
}
