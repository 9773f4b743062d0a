import ApusCore
import Testing

/// Views say where elements lie without moving them.
@Suite struct LayoutViewTests {
    @Test func permutingMovesTheAxes() {
        let layout = Layout(shape: [2, 3, 4], strides: [12, -4, 1], offset: 8)
        #expect(layout.permuted([2, 0, 1]) == Layout(shape: [4, 2, 3], strides: [1, 12, -4], offset: 8))
        var random = LayoutReference(seed: 2)
        for _ in 0..<200 {
            let layout = random.view()
            let order = random.shuffled(layout.rank)
            let back = (0..<layout.rank).map { order.firstIndex(of: $0)! }
            #expect(layout.permuted(order).permuted(back) == layout)
        }
    }

    @Test func broadcastingRepeatsElements() {
        var random = LayoutReference(seed: 3)
        for _ in 0..<500 {
            let layout = random.view()
            // Stretch axes of 1, and put new ones before.
            var target = layout.shape
            for axis in target.indices where target[axis] == 1 { target[axis] = random.below(4) }
            for _ in 0..<random.below(3) { target.insert(random.below(4), at: 0) }

            let positions = LayoutReference.positions(layout)
            let added = target.count - layout.rank
            var expected: [Int] = []
            for flat in 0..<target.elementCount {
                var left = flat
                var source = 0
                var step = 1
                for axis in target.indices.reversed() {
                    let index = left % target[axis]
                    left /= target[axis]
                    guard axis >= added else { continue }
                    let extent = layout.shape[axis - added]
                    source += (extent == 1 ? 0 : index) * step
                    step *= extent
                }
                expected.append(positions[source])
            }
            let stretched = layout.broadcast(to: target)
            #expect(stretched.shape == target)
            #expect(LayoutReference.positions(stretched) == expected, "\(layout) to \(target)")
        }
    }

    @Test func reshapingKnownCases() {
        let rows = Layout(contiguous: [4, 6])
        #expect(rows.reshaped([2, 2, 3, 2]) == Layout(contiguous: [2, 2, 3, 2]))
        #expect(rows.reshaped([24]) == Layout(contiguous: [24]))
        // A transpose can be cut up, but not merged.
        let columns = rows.permuted([1, 0])
        #expect(columns.reshaped([24]) == nil)
        #expect(columns.reshaped([3, 2, 4])?.strides == [2, 1, 6])
        #expect(columns.reshaped([2, 12]) == nil)
        // Every second element runs on; a slice of columns does not.
        #expect(Layout(shape: [2, 3], strides: [6, 2], offset: 1).reshaped([6])?.strides == [2])
        #expect(Layout(shape: [4, 2], strides: [6, 1]).reshaped([8]) == nil)
        #expect(Layout(shape: [4, 2], strides: [6, 1], offset: 3).reshaped([2, 2, 2])?.offset == 3)
        // Flipped in all axes is one run backwards; flipped in one is two.
        #expect(Layout(shape: [2, 3], strides: [-3, -1], offset: 5).reshaped([6])?.strides == [-1])
        #expect(Layout(shape: [2, 3], strides: [-3, 1], offset: 3).reshaped([6]) == nil)
        // Repeated elements stay repeated.
        #expect(Layout(shape: [2, 3], strides: [0, 0]).reshaped([6])?.strides == [0])
        #expect(Layout(shape: [2, 3], strides: [0, 1]).reshaped([6]) == nil)
    }

    @Test func reshapingIsAViewExactlyWhereStridesCanSayIt() {
        var random = LayoutReference(seed: 4)
        var views = 0
        for _ in 0..<4000 {
            let layout = random.view(mayBeEmpty: false)
            let target = random.shape(of: layout.elementCount)
            let positions = LayoutReference.positions(layout)
            guard let view = layout.reshaped(target) else {
                #expect(!LayoutReference.canView(positions, as: target), "\(layout) as \(target)")
                continue
            }
            views += 1
            #expect(view.shape == target)
            #expect(LayoutReference.positions(view) == positions, "\(layout) as \(target)")
        }
        #expect(views > 1000 && views < 3900, "\(views) of 4000 tell little")
    }
}
