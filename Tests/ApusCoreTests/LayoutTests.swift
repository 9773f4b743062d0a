import ApusCore
import Testing

@Suite struct LayoutTests {
    @Test func aScalarHasOneElementAndNoAxes() {
        let scalar = Layout(contiguous: [])
        #expect(scalar.rank == 0 && scalar.elementCount == 1)
        #expect(scalar.isContiguous && scalar.isDense && !scalar.mayOverlap)
        #expect(scalar.bounds == 0...0)
        #expect(scalar.broadcast(to: [2, 2]).strides == [0, 0])
        #expect(scalar.reshaped([1, 1])?.shape == [1, 1])
        #expect(scalar.permuted([]) == scalar)
    }

    @Test func rowMajorIsContiguous() {
        let layout = Layout(contiguous: [2, 3, 4])
        #expect(layout.strides == [12, 4, 1] && layout.offset == 0)
        #expect(LayoutReference.positions(layout) == Array(0..<24))
        #expect(layout.isContiguous && layout.isDense && !layout.mayOverlap)
        #expect(layout.bounds == 0...23)
        // An offset moves the elements and leaves no gaps; axes of 1 may have any stride.
        #expect(Layout(shape: [2, 3], strides: [3, 1], offset: 7).isContiguous)
        #expect(Layout(shape: [1, 3, 1], strides: [-5, 1, 99]).isContiguous)
    }

    @Test func channelsLastIsDenseButNotContiguous() {
        let layout = Layout(contiguous: [2, 5, 6, 3]).permuted([0, 3, 1, 2])
        #expect(layout.shape == [2, 3, 5, 6] && layout.strides == [90, 1, 18, 3])
        #expect(!layout.isContiguous && layout.isDense && !layout.mayOverlap)
    }

    @Test func slicesFlipsAndBroadcastsAreKnown() {
        let everySecondColumn = Layout(shape: [4, 3], strides: [6, 2])
        #expect(
            !everySecondColumn.isContiguous && !everySecondColumn.isDense && !everySecondColumn.mayOverlap)
        #expect(everySecondColumn.bounds == 0...22)

        let firstRows = Layout(shape: [2, 6], strides: [6, 1])
        #expect(firstRows.isContiguous)
        let firstColumns = Layout(shape: [4, 2], strides: [6, 1])
        #expect(!firstColumns.isContiguous && !firstColumns.isDense)

        let flipped = Layout(shape: [3, 2], strides: [-2, 1], offset: 4)
        #expect(LayoutReference.positions(flipped) == [4, 5, 2, 3, 0, 1])
        #expect(!flipped.isContiguous && !flipped.isDense && !flipped.mayOverlap)
        #expect(flipped.bounds == 0...5)

        let rows = Layout(contiguous: [3]).broadcast(to: [4, 3])
        #expect(rows.strides == [0, 1] && rows.bounds == 0...2)
        #expect(!rows.isContiguous && !rows.isDense && rows.mayOverlap)

        // Windows of three at steps of one share elements.
        #expect(Layout(shape: [4, 3], strides: [1, 1]).mayOverlap)
        #expect(Layout(shape: [4, 3], strides: [2, 1]).mayOverlap)
    }

    @Test func anEmptyLayoutReachesNothing() {
        for shape in [[0], [2, 0], [0, 3], [2, 0, 3]] {
            let layout = Layout(contiguous: shape)
            #expect(layout.elementCount == 0 && layout.isContiguous && layout.isDense && !layout.mayOverlap)
            #expect(LayoutReference.positions(layout) == [])
        }
        // Whatever the strides say.
        let strange = Layout(shape: [3, 0, 2], strides: [0, 5, -7], offset: 4)
        #expect(strange.isContiguous && strange.isDense && !strange.mayOverlap)
        #expect(strange.bounds == 4...4)
        #expect(strange.reshaped([0, 9])?.shape == [0, 9])
    }

    @Test func anEmptyLayoutMayHaveAxesOfAnyExtent() {
        for shape in [[0, 1 << 40, 1 << 40], [1 << 40, 0, 1 << 40], [1 << 40, 1 << 40, 0]] {
            let layout = Layout(contiguous: shape)
            #expect(layout.elementCount == 0 && layout.isContiguous && layout.isDense && !layout.mayOverlap)
            #expect(layout.bounds == 0...0)
            #expect(layout.permuted([2, 0, 1]).isDense)
        }
    }

    @Test func propertiesAgreeWithThePositions() {
        var random = LayoutReference(seed: 1)
        for _ in 0..<4000 {
            let layout = random.view()
            let positions = LayoutReference.positions(layout)
            #expect(layout.elementCount == positions.count)
            guard let low = positions.min(), let high = positions.max() else { continue }
            #expect(
                layout.isContiguous == (positions == Array(layout.offset..<layout.offset + positions.count)))
            #expect(
                layout.isDense
                    == LayoutReference.orders(layout.rank).contains { layout.permuted($0).isContiguous },
                "\(layout)")
            #expect(layout.bounds == low...high, "\(layout)")
            // It may be wrong to one side only.
            let overlaps = Set(positions).count < positions.count
            #expect(layout.mayOverlap || !overlaps, "\(layout)")
            // Views that share nothing are told so: permuted, sliced and flipped ones.
            if !layout.strides.contains(0) { #expect(!layout.mayOverlap, "\(layout)") }
        }
    }
}
