/// The tensors and settings in the nested dictionaries and lists of a pickle, by names joined with dots.
struct StateTree {
    /// The number of each tensor.
    private(set) var tensors: [String: Int] = [:]
    /// Strings, and numbers and booleans as text.
    private(set) var settings: [String: String] = [:]
    /// What the names of a model's own tensors begin with, in a checkpoint that has more.
    private(set) var modelPrefix = ""

    private let containers: [[PickleValue]]
    /// A pickle of nested dictionaries that are each there twice would have more names than memory.
    private var room = Unpickler.maximumLength

    private static let maximumDepth = 64
    /// What training scripts call the weights beside an optimizer's state.
    private static let models = ["state_dict", "model_state_dict", "model"]

    init(_ pickle: Pickle) throws(Fault) {
        containers = pickle.containers
        try add(pickle.root, name: "", depth: 0)
        guard case .dictionary(let dictionary) = pickle.root else { return }
        let items = containers[dictionary]
        // In a state dictionary itself all values are tensors.
        for model in Self.models where modelPrefix.isEmpty {
            for index in stride(from: 0, to: items.count, by: 2) {
                if case (.string(model), .dictionary) = (items[index], items[index + 1]) {
                    modelPrefix = "\(model)."
                }
            }
        }
    }

    private mutating func add(_ value: PickleValue, name: String, depth: Int) throws(Fault) {
        room -= name.utf8.count + 32
        guard room > 0 else {
            throw Fault(.tooLarge, "expected fewer or shorter names, found more than memory is taken for")
        }
        guard depth <= Self.maximumDepth else {
            throw Fault(
                .tooLarge,
                "expected at most \(Self.maximumDepth) levels of dictionaries and lists, found more")
        }
        switch value {
        case .dictionary(let dictionary):
            for index in stride(from: 0, to: containers[dictionary].count, by: 2) {
                let key = try Self.key(containers[dictionary][index])
                try add(
                    containers[dictionary][index + 1], name: name.isEmpty ? key : "\(name).\(key)",
                    depth: depth + 1)
            }
        case .list(let list), .tuple(let list):
            for (index, element) in containers[list].enumerated() {
                try add(element, name: name.isEmpty ? "\(index)" : "\(name).\(index)", depth: depth + 1)
            }
        case .tensor(let number):
            guard tensors.updateValue(number, forKey: name.isEmpty ? "tensor" : name) == nil else {
                throw .damaged("expected each name once, found two tensors \(Fault.quoted(name))")
            }
        case .bool(let flag): settings[name] = "\(flag)"
        case .int(let number): settings[name] = "\(number)"
        case .largeInt(let digits): settings[name] = digits
        case .float(let number): settings[name] = "\(number)"
        case .string(let text): settings[name] = text
        case .global(.type(let type)): settings[name] = "\(type)"
        case .none, .set, .global, .storage: break
        }
    }

    private static func key(_ value: PickleValue) throws(Fault) -> String {
        switch value {
        case .string(let text): return text
        case .int(let number): return "\(number)"
        default:
            throw Fault(
                .unexpected, "expected strings and integers as keys of dictionaries, found \(value.kind)")
        }
    }
}
