import Testing

@testable import Apus

/// Results that are written past the caches, from 16 MiB on, are what smaller pieces of them are.
@Suite struct StreamedResultTests {
    private let columns = 1_371
    private let rows = 3_200

    private var large: Tensor { (Tensor.arange(rows * columns) % 977).to(.float32).reshape([rows, columns]) }

    /// Whether two tensors agree in every row, looked at in pieces that are not streamed.
    private func agree(_ whole: Tensor, _ piece: (Range<Int>) -> Tensor) -> Bool {
        stride(from: 0, to: whole.shape[0], by: 400).allSatisfy { start in
            let range = start..<min(start + 400, whole.shape[0])
            return (whole[range] .== piece(range)).all().item(as: Bool.self)
        }
    }

    @Test func sums() {
        let (x, y) = (large, large * 0.5 + 1)
        #expect(agree(x + y) { x[$0] + y[$0] })
        #expect(agree(x - 3) { x[$0] - 3 })
        #expect(agree(3 - x) { 3 - x[$0] })
    }

    @Test func broadcasts() {
        let x = large
        let row = Tensor.arange(columns).to(.float32) * 0.25
        let column = Tensor.arange(rows).to(.float32).reshape([rows, 1])
        #expect(agree(x + row) { x[$0] + row })
        #expect(agree(row - x) { row - x[$0] })
        #expect(agree(x * column) { x[$0] * column[$0] })
        let planes = x.reshape([rows / 32, 32, columns])
        let channels = Tensor.arange(32).to(.float32).reshape([32, 1])
        let whole = (planes + channels).reshape([rows, columns])
        let channel = (Tensor.arange(rows) % 32).to(.float32).reshape([rows, 1])
        #expect(agree(whole) { x[$0] + channel[$0] })
    }

    @Test func inPlace() {
        let x = large
        var y = x
        y += 1
        y += x
        #expect(agree(y) { x[$0] * 2 + 1 })
    }

    @Test func copies() {
        let x = large
        #expect(agree(Tensor.cat([x, x], axis: 1)) { Tensor.cat([x[$0], x[$0]], axis: 1) })
        let backwards = Tensor.arange(rows - 1, -1, step: -1)
        let flipped = x.indexSelect(axis: 0, index: backwards)
        #expect(agree(flipped) { x.flip(axes: [0])[$0].contiguous() })
    }
}
