/// One operation with its settings, as a value: what it computes, how gradients pass through it, and what an analysis
/// has to know about it.
///
/// A primitive stands in the file of its operation. Its stored properties are its settings: whatever the values depend on
/// besides the inputs. `Tensor.apply(_:to:)` is the only way to call one.
///
/// ```swift
/// struct Scale: SingleResult {
///     let factor: Double
///     var name: String { "scale" }
///     func value(of inputs: [Tensor]) -> Tensor { inputs[0] * factor }
///     func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient * factor] }
/// }
/// let y = Tensor.apply(Scale(factor: 2), to: [x])
/// ```
public protocol Primitive: Sendable {
    /// The name that messages, summaries and graphs print; one spelling for the function and the layer.
    var name: String { get }

    /// The settings by name; by default the stored properties.
    var attributes: [Attribute] { get }

    /// Whether results of floating-point and complex type have a gradient.
    var isDifferentiable: Bool { get }

    /// Whether one of them has: results that only the gradient reads have none.
    func isDifferentiable(result index: Int) -> Bool

    /// How the types of its inputs meet, and in which it computes.
    var types: TypeRule { get }

    /// The results of these inputs.
    ///
    /// The inputs have no history, and tensor operations called in here record nothing. Results depend on the inputs and
    /// the settings alone.
    func values(of inputs: [Tensor]) throws -> [Tensor]

    /// Which inputs and results `gradients` reads.
    ///
    /// - Parameter needs: for each input, whether a gradient is wanted.
    func saved(for needs: [Bool]) -> Saved

    /// The gradients of the inputs from that of one result, each in its input's shape, in tensor operations, so that they
    /// can be differentiated again. nil is zero; what no input wants is dropped.
    func gradients(_ backward: Backward) -> [Tensor?]

    /// Whether the result is a part of the first input, whose gradient `addGradient` adds in place: a loop over the parts
    /// of a tensor then costs as much as the tensor.
    var isPart: Bool { get }

    /// Adds the gradient of the first input, which is `isPart`'s, to what has arrived so far; nil is nothing yet.
    func addGradient(_ backward: Backward, to sum: inout Tensor?)

    /// Whether the result shows the elements of the first input in another way: under another shape, in another order or
    /// type. Summaries have no line for it.
    var isView: Bool { get }

    /// Which positions of the inputs each position of a result is made of.
    func reach(inputs: [Shape], result: Shape) -> Reach

    /// Multiplications, each with an addition.
    func multiplyAdds(inputs: [Shape], result: Shape) -> Int
}

extension Primitive {
    /// By default `TypeRule.element`: inputs stay as they are, and several meet in their common type.
    public var types: TypeRule { .element }
    /// True: by default results have gradients.
    public var isDifferentiable: Bool { true }
    /// By default `isDifferentiable` holds for every result.
    public func isDifferentiable(result index: Int) -> Bool { isDifferentiable }
    /// By default nothing is kept.
    public func saved(for needs: [Bool]) -> Saved { [] }
    /// By default stops the program: a differentiable primitive has to define its gradients.
    public func gradients(_ backward: Backward) -> [Tensor?] { fail(name, "it has no gradient") }
    /// False: by default gradients are added as whole tensors.
    public var isPart: Bool { false }
    /// By default does nothing: it is called only where `isPart` is true.
    public func addGradient(_ backward: Backward, to sum: inout Tensor?) {}
    /// False: by default results are new values.
    public var isView: Bool { false }
    /// By default `Reach.everything`: each position may depend on all.
    public func reach(inputs: [Shape], result: Shape) -> Reach { .everything }
    /// 0: by default no work is counted.
    public func multiplyAdds(inputs: [Shape], result: Shape) -> Int { 0 }
}

/// A primitive with one result, as most have.
public protocol SingleResult: Primitive {
    /// The result of these inputs; see `Primitive.values(of:)`.
    func value(of inputs: [Tensor]) throws -> Tensor
}

extension SingleResult {
    /// The one result, in an array.
    public func values(of inputs: [Tensor]) throws -> [Tensor] { [try value(of: inputs)] }
}
