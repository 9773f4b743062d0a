import Testing
import _ApusTestSupport

@testable import Apus

private let grid = Tensor(Array(0..<24), shape: [2, 3, 4])

@Suite struct IndexingTests {
    @Test func subscriptsMixIntegersRangesTensorsAndMarks() {
        let i = 1
        let picks = Tensor([2, 0], shape: [2])
        #expect(grid[i, -1].array(of: Int.self) == [20, 21, 22, 23])
        #expect(grid[.ellipsis, 1].array(of: Int.self) == [1, 5, 9, 13, 17, 21])
        #expect(grid[.newAxis, i, .ellipsis, picks].shape == [1, 3, 2])
        #expect(grid[0, picks, (0..<4).by(3)].array(of: Int.self) == [8, 11, 0, 3])
        #expect(grid[..<(-1), 1...1, ...2].shape == [1, 1, 3])
        #expect(grid[[0, 1], 1..., .all].shape == [2, 2, 4])
        #expect(grid[(0...).by(-1)].array(of: Int.self).first == 12)
        #expect(grid[1, (0..<3).by(-2), 0].array(of: Int.self) == [20, 12])
        #expect(grid[0, 1, 2...1 + 1].array(of: Int.self) == [6])
    }

    @Test func emptySelections() {
        #expect(grid[2...].shape == [0, 3, 4])
        #expect(grid[.all, 1..<1].count == 0)
        #expect(grid[[]].shape == [0, 3, 4])
        #expect(grid[Tensor.zeros([2, 3], dtype: .bool)].shape == [0, 4])
        #expect(Tensor.zeros([0, 3])[.all, 1].shape == [0])
    }

    @Test func masksSelectOverAsManyAxesAsTheyHave() {
        let mask = Tensor([true, false, false, false, true, true], shape: [2, 3])
        #expect(grid[mask].array(of: Int.self) == [0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23])
        #expect(grid[.all, Tensor([false, true, false], shape: [3]), 0].array(of: Int.self) == [4, 16])
        #expect(grid[Tensor(true)].shape == [1, 2, 3, 4])
        #expect(grid[Tensor(false)].shape == [0, 2, 3, 4])
    }

    @Test func indexTensorsThatAreNotNeighborsComeFirst() {
        let (rows, columns) = (Tensor([0, 1, 1], shape: [3]), Tensor([3, 0, 1], shape: [3]))
        #expect(grid[rows, .all, columns].shape == [3, 3])
        #expect(grid[rows, .all, columns].array(of: Int.self) == [3, 7, 11, 12, 16, 20, 13, 17, 21])
        #expect(grid[.all, Tensor([0, 2], shape: [2, 1]), columns].shape == [2, 2, 3])
    }

    @Test func assignmentLeavesCopiesAlone() {
        var a = grid
        let (copy, view) = (a, a[1])
        a[1, .all, 0] = Tensor([7, 8, 9], shape: [3])
        a[Tensor((0..<24).map { $0 > 20 }, shape: [2, 3, 4])] = -1
        a[0, 0] += 100
        #expect(copy.array(of: Int.self) == Array(0..<24))
        #expect(view.array(of: Int.self) == Array(12..<24))
        #expect(a[1, .all, 0].array(of: Int.self) == [7, 8, 9])
        #expect(a[1, 2].array(of: Int.self) == [9, -1, -1, -1])
        #expect(a[0, 0].array(of: Int.self) == [100, 101, 102, 103])
    }

    @Test func assignmentFromItselfReadsTheOldValues() {
        var a = Tensor(Array(0..<6), shape: [6])
        a[1...] = a[..<(-1)]
        #expect(a.array(of: Int.self) == [0, 0, 1, 2, 3, 4])
        a[(0...).by(-1)] = a
        #expect(a.array(of: Int.self) == [4, 3, 2, 1, 0, 0])
    }

    @Test func assigningToOneOfTwoOverlappingElementsChangesOne() {
        var a = Tensor([1.0, 2], shape: [2, 1]).broadcast(to: [2, 3])
        a[0, 1] = 5
        #expect(a.array(of: Float.self) == [1, 5, 1, 2, 2, 2])
    }

    @Test func numbersAreReadByContext() {
        let first: Int? = grid[0, 1, 2]
        #expect(first == 6)
    }

    @Test func gradientsSplitAtAnAssignment() {
        let x = Tensor([1.0, 2, 3], shape: [3]).requiringGradient()
        let v = Tensor(10.0).requiringGradient()
        var y = x * 2
        y[1...] = v
        (y * Tensor([1.0, 10, 100], shape: [3])).sum().backward()
        #expect(x.grad!.array(of: Float.self) == [2, 0, 0])
        #expect(v.grad!.item(as: Float.self) == 110)
    }

    @Test func aLeafAssignedToIsALeafNoMoreUnlessNothingIsRecorded() {
        let leaf = Tensor([1.0, 2, 3], shape: [3]).requiringGradient()
        var changed = leaf
        changed[0] = 0
        #expect(!changed.isLeaf)
        (changed * changed).sum().backward()
        #expect(leaf.grad!.array(of: Float.self) == [0, 4, 6])
        var quiet = leaf
        withoutGradient { quiet[0] = 9 }
        #expect(quiet.isLeaf && quiet.requiresGradient)
        #expect(quiet.array(of: Float.self) == [9, 2, 3])
        #expect(leaf.array(of: Float.self) == [1, 2, 3])
    }

    @Test func repeatedIndicesAddUp() {
        let zeros = Tensor.zeros([3], dtype: .bfloat16)
        let index = Tensor([Int](repeating: 1, count: 1000), shape: [1000])
        let sum = zeros.scatterAdd(axis: 0, index: index, source: Tensor(1.0, dtype: .bfloat16))
        #expect(sum.array(of: Float.self) == [0, 1000, 0])
        let last = zeros.scatter(axis: 0, index: index, source: Tensor.arange(1000).to(.bfloat16))
        #expect(last[1].item(as: Float.self) == 1000)  // 999, rounded
    }

    @Test(arguments: DType.allCases)
    func everyTypeIsPickedAndPutBack(_ dtype: DType) {
        let x = Tensor((0..<60).map { $0 < 25 }, shape: [5, 4, 3]).to(dtype).transpose(0, 1)
        let index = Tensor([4, 0, -1, 2, 3, 1], shape: [6])
        let picked = x.indexSelect(axis: 1, index: index)
        #expect(picked.shape == [4, 6, 3] && picked.dtype == dtype)
        let back = Tensor.zeros(like: x).put(
            Tensor.arange(60).reshape(x.shape)[.all, [4, 0, 4, 2, 3, 1]], source: picked)
        #expect(back.array(of: Double.self) == x.array(of: Double.self))
    }

    @Test func scatterAddIsTheSameForAnyNumberOfThreads() {
        let n = 40_000
        let index = (Tensor.arange(n) * 7919).to(.int32)
        let rows = Tensor((0..<n).map { $0 * 7919 % 37 }, shape: [n])
        let values = (index.to(.float32) * 1e-5).reshape([n, 1]).broadcast(to: [n, 8])
        let results = [1, 2, 3].map { threads in
            withThreads(threads) {
                Tensor.zeros([37, 8]).indexAdd(axis: 0, index: rows, source: values).array(of: Float.self)
            }
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test func nonzeroFindsCoordinatesAcrossChunks() {
        let n = 100_000
        let x = Tensor((0..<n).map { $0 % 333 == 5 }, shape: [100, 1000])
        let found = x.nonzero()
        let expected = (0..<n).filter { $0 % 333 == 5 }
        #expect(found.shape == [expected.count, 2])
        #expect((found[.all, 0] * 1000 + found[.all, 1]).array(of: Int.self) == expected)
    }

    @Test func mistakesNameIndexAxisAndShape() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3])[2] }
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3])[.all, 0..<4] }
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3])[0, 0, 0] }
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3])[.ellipsis, .ellipsis] }
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3])[[0, -3]] }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([2, 3])[Tensor.zeros([3], dtype: .bool)]
        }
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([2, 3]).gather(axis: 1, index: Tensor([0, 3], shape: [2, 1]))
        }
        await #expect(processExitsWith: .failure) {
            var x = Tensor.zeros([2, 3])
            x[0] = Tensor.zeros([4])
        }
    }
}
