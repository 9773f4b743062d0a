import Testing

@testable import Apus

/// Tensors are values, whatever memory they share.
@Suite struct CopyOnWriteTests {
    @Test func aWriteReachesNoOtherHolder() {
        let first = Tensor([1.0, 2, 3, 4])
        var second = first
        let view = first.reshape([2, 2])
        second[0] = Tensor(9.0)
        #expect(first.array(of: Float.self) == [1, 2, 3, 4])
        #expect(second.array(of: Float.self) == [9, 2, 3, 4])
        #expect(view.array(of: Float.self) == [1, 2, 3, 4])
    }

    /// Also while other tasks are looked at, or other devices have tensors.
    @Test func theOnlyHolderWritesInPlace() {
        let elsewhere = Tensor(1.0).to(.guarded)
        var tensor = Tensor([1.0, 2, 3, 4])
        let before = tensor.start
        tensor += 1
        #expect(tensor.start == before)
        tensor *= Tensor([1.0, 1, 2, 2])
        #expect(tensor.start == before)
        tensor[0] = Tensor(9.0)
        #expect(tensor.start == before)
        #expect(tensor.array(of: Float.self) == [9, 3, 8, 10])
        #expect(elsewhere.device == .guarded)
    }

    @Test func repeatedElementsAreCopiedApart() {
        var rows = Tensor([1.0, 2]).broadcast(to: [2, 2])
        rows[0, 0] = Tensor(9.0)
        #expect(rows.array(of: Float.self) == [9, 2, 1, 2])
    }

    @Test func borrowedMemoryIsNeverWritten() {
        let bytes: [Float] = [1, 2, 3, 4]
        bytes.withUnsafeBytes { bytes in
            // Each tensor is the only holder of its storage, and yet may not write to it.
            func tensor(_ layout: Layout) -> Tensor {
                Tensor(
                    storage: Storage(borrowing: bytes.baseAddress!, byteCount: 16) {}, layout: layout,
                    dtype: .float32)
            }
            var plain = tensor(Layout(contiguous: [4]))
            plain += 1
            plain[3] = Tensor(9.0)
            #expect(plain.array(of: Float.self) == [2, 3, 4, 9])
            var flipped = tensor(Layout(shape: [4], strides: [-1], offset: 3))
            flipped[0] = Tensor(7.0)
            #expect(flipped.array(of: Float.self) == [7, 3, 2, 1])
        }
        #expect(bytes == [1, 2, 3, 4])
    }

    @Test func aLayoutOutsideItsMemoryStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            _ = Tensor(storage: Storage(byteCount: 16), layout: Layout(contiguous: [5]), dtype: .float32)
        }
        await #expect(processExitsWith: .failure) {
            let layout = Layout(shape: [4], strides: [-1], offset: 2)
            _ = Tensor(storage: Storage(byteCount: 16), layout: layout, dtype: .float32)
        }
    }

    @Test func sizesBeyondAnAddressSpaceStopTheProgramByName() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1 << 40, 1 << 40])
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            message.contains("zeros: ") && message.contains("more elements than memory can hold"),
            "\(message)")
    }

    @Test func anEmptyTensorMayHaveAxesOfAnyExtent() {
        let tensor = Tensor.zeros([1 << 40, 0, 1 << 40])
        #expect(tensor.count == 0 && tensor.isContiguous)
        #expect(tensor.permute([2, 0, 1]).array(of: Float.self) == [])
    }
}
