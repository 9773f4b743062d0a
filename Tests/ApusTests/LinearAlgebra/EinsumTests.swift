import Testing
import _ApusTestSupport

@testable import Apus

/// Einstein sums against sums written out as loops, and how mistakes in equations are named.
@Suite struct EinsumTests {
    static func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        .normal(shape, dtype: .float64, using: RandomGenerator(seed: seed))
    }

    @Test func aLongChainEqualsItsProducts() {
        let shapes: [Shape] = [[2, 3], [3, 4], [4, 5], [5, 2], [2, 6]]
        let operands = shapes.enumerated().map { EinsumTests.random($1, UInt64($0)) }
        let expected = operands.dropFirst().reduce(operands[0]) { $0.matmul($1) }
        let found = einsum("ab,bc,cd,de,ef->af", operands)
        #expect(difference(found, expected, relative: 1e-12, absolute: 1e-12) == nil)
    }

    @Test func extentsOfOneStretch() {
        let (a, b) = (EinsumTests.random([3, 1], 1), EinsumTests.random([4, 2], 2))
        let expected = a.broadcast(to: [3, 4]).matmul(b)
        #expect(difference(einsum("ij,jk->ik", a, b), expected, relative: 1e-12, absolute: 1e-12) == nil)
    }

    @Test func batchAxesStayInTheirPlace() {
        let q = EinsumTests.random([2, 5, 3, 4], 1)
        let k = EinsumTests.random([2, 6, 3, 4], 2)
        let expected = q.transpose(1, 2).matmul(k.transpose(1, 2).transpose())
        let found = einsum("bqhd,bkhd->bhqk", q, k)
        #expect(difference(found, expected, relative: 1e-12, absolute: 1e-12) == nil)
    }

    @Test func typesArePromoted() {
        let product = einsum("i,i", Tensor([1, 2]), Tensor([0.5, 1.5]))
        #expect(product.dtype == .float32 && product.item(as: Float.self) == 3.5)
    }

    @Test(
        arguments: [
            ("ij,jk", [[2, 3]], "names 2 operands, and there are 1"),
            ("ij", [[2, 3, 4]], "does not fit the axes of shape [2, 3, 4]"),
            ("ij->iz", [[2, 3]], "has an axis that no operand has"),
            ("ij->ii", [[2, 3]], "repeats an axis"),
            ("i1", [[2, 3]], "is neither a letter nor an ellipsis"),
            ("i->i->i", [[2]], "more than one arrow"),
            ("......", [[2]], "more than one ellipsis"),
        ] as [(String, [Shape], String)])
    func mistakesAreNamed(_ equation: String, _ shapes: [Shape], _ reason: String) {
        let mistake = #expect(throws: EinsumEquation.Mistake.self) { try EinsumEquation(equation, shapes) }
        #expect(mistake?.reason.contains(reason) == true, "\(mistake?.reason ?? "")")
    }

    @Test func theOutputIsAlphabeticalWithoutAnArrow() throws {
        let equation = try EinsumEquation("b...a,a...c", [[2, 7, 3], [3, 7, 4]])
        #expect(equation.output == [-1, Int(UInt8(ascii: "b")), Int(UInt8(ascii: "c"))])
    }
}
