import ComplexModule

/// A number, or an array of such elements to any depth: what `Tensor([[1, 2], [3, 4]])` takes.
public protocol NestedElements {
    /// The type of the numbers at the bottom of the nesting.
    associatedtype Scalar: TensorScalar

    /// Adds the numbers of `part` in row-major order to `elements`, checking that all parts of one depth have
    /// the same extents. It belongs to the type, so that numbers and arrays get no new members.
    ///
    /// - Parameters:
    ///   - shape: extents so far known, one a depth; completed on the way.
    ///   - depth: how deep in the whole this part lies.
    /// - Throws: a `RaggedArray` that says where.
    static func flatten(_ part: Self, into elements: inout [Scalar], shape: inout Shape, depth: Int) throws
}

/// Where an array of arrays is not a grid.
struct RaggedArray: Error, CustomStringConvertible {
    /// Positions from the outermost array inwards.
    var position: [Int] = []
    let found: Int
    let expected: Int

    var description: String {
        "the array at \(position) has \(found) elements, not \(expected) as the first"
    }
}

extension NestedElements where Self: TensorScalar {
    /// Adds this number; the shape is complete at its depth.
    public static func flatten(_ part: Self, into elements: inout [Self], shape: inout Shape, depth: Int)
        throws
    {
        elements.append(part)
    }
}

extension Bool: NestedElements {}
extension UInt8: NestedElements {}
extension Int32: NestedElements {}
extension Int64: NestedElements {}
extension Int: NestedElements {}
extension Float16: NestedElements {}
extension BFloat16: NestedElements {}
extension Float: NestedElements {}
extension Double: NestedElements {}
extension Complex: NestedElements where RealType: TensorScalar {}

extension Array: NestedElements where Element: NestedElements {
    /// The type of the numbers at the bottom.
    public typealias Scalar = Element.Scalar

    /// Adds the numbers of each element in turn, where `count` is what the first array of this depth had.
    public static func flatten(
        _ part: Self, into elements: inout [Element.Scalar], shape: inout Shape, depth: Int
    ) throws {
        if depth == shape.count {
            shape.append(part.count)
        } else if shape[depth] != part.count {
            throw RaggedArray(found: part.count, expected: shape[depth])
        }
        for (position, element) in part.enumerated() {
            do {
                try Element.flatten(element, into: &elements, shape: &shape, depth: depth + 1)
            } catch var ragged as RaggedArray {
                ragged.position.insert(position, at: 0)
                throw ragged
            }
        }
    }
}
