import ApusCore

/// A parameter's memory as an optimizer's rule reads and changes it: contiguous arrays of `count` elements of one type,
/// and the numbers of the formula.
package struct OptimizerArrays {
    /// What is stepped.
    package let values: UnsafeMutableRawPointer
    /// What is read beside it.
    package let gradient: UnsafeRawPointer
    /// What the rule keeps for each element, in the rule's order.
    package let slots: [UnsafeMutableRawPointer]
    package let count: Int
    /// The numbers of the rule's formula, in its order.
    package let coefficients: [Double]

    package init(
        values: UnsafeMutableRawPointer, gradient: UnsafeRawPointer, slots: [UnsafeMutableRawPointer],
        count: Int,
        coefficients: [Double]
    ) {
        self.values = values
        self.gradient = gradient
        self.slots = slots
        self.count = count
        self.coefficients = coefficients
    }
}

/// A formula that steps each element by itself in one pass over memory: its name, and the processor's loops.
///
/// A formula may add up two numbers over the elements on its way, such as squares for a norm.
package struct OptimizerKernel: Sendable {
    package typealias Block = @Sendable (OptimizerArrays, Range<Int>) -> SIMD2<Double>

    package let name: String
    /// The number of arrays that are kept for each parameter.
    package let slotCount: Int
    package let float: Block
    package let double: Block

    package init(_ name: String, slots: Int, float: @escaping Block, double: @escaping Block) {
        self.name = name
        slotCount = slots
        self.float = float
        self.double = double
    }
}
