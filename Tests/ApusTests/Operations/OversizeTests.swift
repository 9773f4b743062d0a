import Apus
import Testing

/// Sizes that no memory holds are refused with their names before anything is allocated.
@Suite struct OversizeTests {
    @Test func convolutionsOfImpossibleSize() async {
        var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([1, 1, 4, 4]).conv2d(Tensor.ones([1, 1, 3, 3]), padding: [1 << 40, 1 << 40])
        }
        #expect(message(result).contains("conv2d"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([1, 1, 4, 4]).conv2d(
                Tensor.ones([1, 1, 3, 3]), padding: .symmetric(Extents(Int.max)))
        }
        #expect(message(result).contains("conv2d"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([1, 1, 4]).conv1d(Tensor.ones([1, 1, 3]), dilation: Extents(Int.max))
        }
        #expect(message(result).contains("conv1d"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([1, 1, 4, 4]).convTranspose2d(
                Tensor.ones([1, 1, 3, 3]), stride: Extents(1 << 62))
        }
        #expect(message(result).contains("convTranspose2d"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([1, 1, 40_000, 1]).convTranspose2d(
                Tensor.ones([1, 1, 3, 3]), stride: Extents(1 << 30))
        }
        #expect(message(result).contains("convTranspose2d"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([1, 1, 4, 4]).interpolate(size: Extents(1 << 40))
        }
        #expect(message(result).contains("interpolate"))
    }

    private func message(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }
}
