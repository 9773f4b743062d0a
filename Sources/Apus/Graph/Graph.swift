/// Operations and how they hang together, as a value: what `Trace.of` makes.
///
/// It can be printed, walked, transformed and run.
public struct Graph: Sendable {
    /// A tensor of the graph.
    public struct Value: Sendable {
        /// Where a tensor comes from.
        public enum Origin: Sendable {
            /// What a run is given, by name.
            case input(String)
            /// With the value it had when it was traced.
            case parameter(String, Tensor)
            /// A tensor that the traced code used and that is not a parameter.
            case constant(Tensor)
            /// Which result of which application.
            case result(of: Int, Int)
        }

        /// Input, parameter, constant or result of an operation.
        public let origin: Origin
        /// The type of the elements.
        public let dtype: DType
        /// The extent of each axis, as traced.
        public let shape: Shape
        /// Where it was when it was traced.
        public let device: Device

        /// A tensor of the graph that is like this one.
        init(_ origin: Origin, like tensor: Tensor) {
            self.origin = origin
            (dtype, shape, device) = (tensor.dtype, tensor.shape, tensor.device)
        }

        /// The same tensor with another origin.
        init(_ origin: Origin, _ value: Value) {
            self.origin = origin
            (dtype, shape, device) = (value.dtype, value.shape, value.device)
        }
    }

    /// An operation applied to tensors.
    public struct Application: Sendable {
        /// The operation with its settings.
        public let primitive: any Primitive
        /// The numbers of its inputs among the values.
        public let inputs: [Int]
        /// The numbers of its results among the values.
        public let results: [Int]
    }

    /// All tensors; other members name them by their positions in this array.
    public internal(set) var values: [Value]
    /// Each after those that make its inputs.
    public internal(set) var applications: [Application]
    /// The numbers of the inputs among the values.
    public internal(set) var inputs: [Int]
    /// The numbers of the results among the values.
    public internal(set) var outputs: [Int]

    /// The same without operations that no output depends on; inputs stay.
    func withoutDeadCode() -> Graph {
        var isUsed = [Bool](repeating: false, count: values.count)
        for output in outputs + inputs { isUsed[output] = true }
        var alive: [Application] = []
        for application in applications.reversed() where application.results.contains(where: { isUsed[$0] }) {
            for value in application.inputs + application.results { isUsed[value] = true }
            alive.append(application)
        }
        return renumbered(keeping: isUsed, alive.reversed())
    }

    /// With these applications and the kept values alone.
    private func renumbered(keeping isUsed: [Bool], _ applications: [Application]) -> Graph {
        var numbers = [Int](repeating: -1, count: values.count)
        var kept: [Value] = []
        var origins: [Int: (Int, Int)] = [:]
        for (number, application) in applications.enumerated() {
            for (index, result) in application.results.enumerated() { origins[result] = (number, index) }
        }
        for index in values.indices where isUsed[index] {
            numbers[index] = kept.count
            let value = values[index]
            let origin = origins[index].map { Value.Origin.result(of: $0.0, $0.1) } ?? value.origin
            kept.append(Value(origin, value))
        }
        return Graph(
            values: kept,
            applications: applications.map {
                Application(
                    primitive: $0.primitive, inputs: $0.inputs.map { numbers[$0] },
                    results: $0.results.map { numbers[$0] })
            }, inputs: inputs.map { numbers[$0] }, outputs: outputs.map { numbers[$0] })
    }
}
