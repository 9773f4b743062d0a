import ApusCore
import Testing

@Suite struct ShapeTests {
    @Test func elementsAreCounted() {
        #expect([].elementCount == 1)
        #expect([5].elementCount == 5)
        #expect([2, 3, 4].elementCount == 24)
        #expect([2, 0, 4].elementCount == 0)
        for shape in [[], [5], [2, 3, 4], [2, 0, 4]] {
            #expect(shape.checkedElementCount == shape.elementCount)
        }
    }

    @Test func countsThatOverflowAreRefused() {
        #expect([1 << 31, 1 << 31].checkedElementCount == 1 << 62)
        #expect([1 << 32, 1 << 31].checkedElementCount == nil)
        #expect([Int.max, 2].checkedElementCount == nil)
        #expect([Int.max, 1].checkedElementCount == Int.max)
        #expect([2, Int.max, 2].checkedElementCount == nil)
    }

    @Test func anExtentOfZeroMakesTheRestIrrelevant() {
        for shape in [[0, Int.max, 2], [Int.max, 0, 2], [Int.max, 2, 0]] {
            #expect(shape.checkedElementCount == 0)
            #expect(shape.elementCount == 0)
            #expect(shape.contiguousStrides.last == 1)
        }
    }

    @Test func anOverflowingCountStopsTheProgramByName() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = [1 << 40, 1 << 40].elementCount
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("shape: [1099511627776, 1099511627776] has too many elements"), "\(message)")
    }

    @Test func stridesAreRowMajor() {
        #expect([].contiguousStrides == [])
        #expect([7].contiguousStrides == [1])
        #expect([2, 3, 4].contiguousStrides == [12, 4, 1])
        #expect([2, 1, 4].contiguousStrides == [4, 4, 1])
        // As PyTorch's: an axis of no extent counts as 1.
        #expect([2, 0, 4].contiguousStrides == [4, 4, 1])
    }

    @Test(
        arguments: [
            ([], [], []), ([], [3], [3]), ([3], [3], [3]), ([1], [3], [3]), ([2, 3], [3], [2, 3]),
            ([2, 1], [3], [2, 3]), ([2, 1, 4], [3, 1], [2, 3, 4]), ([1, 1], [1], [1, 1]),
            ([4, 1, 6], [7, 5, 1, 1], nil), ([8, 1, 6, 1], [7, 1, 5], [8, 7, 6, 5]),
            ([2], [3], nil), ([2, 3], [2], nil), ([2, 3], [3, 3], nil),
            ([0], [1], [0]), ([0], [], [0]), ([0, 3], [1, 3], [0, 3]), ([0], [2], nil),
            ([2, 0], [0], [2, 0]),
        ] as [(Shape, Shape, Shape?)])
    func shapesBroadcastAsInNumPy(_ a: Shape, _ b: Shape, _ expected: Shape?) {
        #expect(Shape.broadcast(a, b) == expected)
        #expect(Shape.broadcast(b, a) == expected)
    }
}
