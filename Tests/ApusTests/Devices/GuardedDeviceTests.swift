import Testing
import _ApusTestSupport

@testable import Apus

/// Everything runs on a device whose memory nobody can touch but its kernels: what reaches around them ends the program.
@Suite(.serialized) struct GuardedDeviceTests {
    private static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    @Test func memoryCannotBeRead() async {
        await #expect(processExitsWith: .failure) {
            let x = Tensor.ones([4]).to(.guarded)
            _ = x.start.load(as: Float.self)
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

    /// Values and gradients of every sample, to the bits of the processor's.
    @Test(arguments: OperationCase.all)
    func everySampleRuns(_ test: OperationCase) {
        let dtype = test.operation.dtypes.first!
        func run(_ inputs: [Tensor]) -> [[UInt8]] {
            let leaves = inputs.map { $0.dtype.isDifferentiable ? $0.requiringGradient() : $0 }
            let result = test.sample.call(leaves)
            let wanted = leaves.filter(\.requiresGradient)
            if !result.requiresGradient || wanted.isEmpty { return [Self.bytes(result)] }
            return [Self.bytes(result)]
                + gradient(of: result, at: wanted, upstream: .ones(like: result)).map(Self.bytes)
        }
        let inputs = ReplayTests.inputs(test.sample, dtype, seed: 3)
        let expected = run(inputs)
        let found = withDevice(.guarded) { run(inputs.map { $0.to(.guarded) }) }
        #expect(found == expected, "\(test.testDescription) in \(dtype)")
    }
}
