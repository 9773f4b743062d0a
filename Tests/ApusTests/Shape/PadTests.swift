import Apus
import Testing

/// Negative amounts take away before anything is added, in every mode.
@Suite struct PadTests {
    /// What stands at a position of an axis, from the definition of each mode.
    private func expected(_ row: [Int], _ before: Int, _ after: Int, _ mode: PadMode) -> [Int]? {
        let kept = Array(row.dropFirst(max(-before, 0)).dropLast(max(-after, 0)))
        let (n, start, end) = (kept.count, max(before, 0), max(after, 0))
        switch mode {
        case .constant, .complexConstant: break
        case .reflect: if max(start, end) >= max(n, 1) { return nil }
        case .replicate: if max(start, end) > 0 && n == 0 { return nil }
        case .circular: if max(start, end) > n { return nil }
        }
        return (-start..<n + end).map { position in
            switch mode {
            case .constant(let value): (0..<n).contains(position) ? kept[position] : Int(value)
            case .complexConstant: fatalError("integers are no complex numbers")
            case .reflect: kept[position < 0 ? -position : position < n ? position : 2 * (n - 1) - position]
            case .replicate: kept[min(max(position, 0), n - 1)]
            case .circular: kept[(position + n) % n]
            }
        }
    }

    @Test func everyPairOfAmounts() {
        let row = [10, 11, 12, 13, 14]
        for mode in [PadMode.constant(7), .reflect, .replicate, .circular] {
            for before in -5...5 {
                for after in -5...5 where max(-before, 0) + max(-after, 0) <= 5 {
                    guard let expected = expected(row, before, after, mode) else { continue }
                    let x = Tensor(row, shape: [5])
                    #expect(
                        x.pad([(before, after)], mode: mode).array(of: Int.self) == expected,
                        "\(before), \(after), \(mode)")
                    let plane = x.unsqueeze(1).broadcast(to: [5, 2]).pad(
                        [(before, after), (-1, 0)], mode: mode)
                    #expect(
                        plane.reshape([-1]).array(of: Int.self) == expected, "\(before), \(after), \(mode)")
                }
            }
        }
    }

    @Test func gradients() throws {
        let x = Tensor.normal([2, 5], dtype: .float64, using: RandomGenerator(seed: 1))
        for mode in [PadMode.constant(7), .reflect, .replicate, .circular] {
            try checkGradients(at: [x]) { $0[0].pad([(-1, 2)], mode: mode) }
            try checkGradients(at: [x]) { $0[0].pad([(0, 1), (2, -2)], mode: mode) }
        }
    }
}
