import Apus

extension Module {
    /// The current values of all parameters and buffers by name.
    public final func stateDictionary() -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: uniqueState().map { ($0.name, $0.member.value.detach()) })
    }

    /// Sets the parameters and buffers to the values of `state`, converted to each one's type.
    ///
    /// Nothing is changed unless everything fits.
    /// - Parameters:
    ///   - state: the new values.
    ///   - strict: also refuse names that are missing or unexpected.
    ///   - unsupported: what could not be read into `state`, by name, with the type it has in its file. A parameter or
    ///     buffer of such a name is refused with that type.
    /// - Throws: `StateMismatch`, with every name that does not fit.
    public final func load(
        _ state: [String: Tensor], strict: Bool = true, unsupported: [String: String] = [:]
    ) throws {
        let own = uniqueState()
        var mismatch = StateMismatch(
            expected: own.map { ($0.name, $0.member.value.shape) }, found: state, strict: strict)
        mismatch.complex = own.filter { name, member in
            state[name]?.dtype.isComplex == true && !member.value.dtype.isComplex
        }.map(\.name)
        let names = Set(own.map(\.name))
        mismatch.unsupported = unsupported.filter { strict || names.contains($0.key) }
        mismatch.missing.removeAll { unsupported[$0] != nil }
        if !mismatch.isEmpty { throw mismatch }
        for (name, member) in own {
            guard let value = state[name] else { continue }
            switch member {
            case .parameter(let parameter):
                parameter.value = value.to(parameter.value.dtype).to(parameter.value.device)
            case .buffer(let buffer): buffer.value = value.to(buffer.value.dtype).to(buffer.value.device)
            case .module: break
            }
        }
    }
}

extension Module {
    /// Every parameter and buffer, once for each of its names. The program stops where two have the same name: a file
    /// could hold only one of them.
    private func uniqueState() -> [(name: String, member: Member)] {
        var holders: [String: ObjectIdentifier] = [:]
        return namedState().filter { name, member in
            guard let other = holders.updateValue(member.id, forKey: name) else { return true }
            if other == member.id { return false }
            fail(
                "Module",
                "\(typeName) has two parameters or buffers named '\(name)': give one another name")
        }
    }
}

extension Module.Member {
    var id: ObjectIdentifier {
        switch self {
        case .parameter(let parameter): ObjectIdentifier(parameter)
        case .buffer(let buffer): ObjectIdentifier(buffer)
        case .module(let module): ObjectIdentifier(module)
        }
    }

    /// The tensor of a parameter or a buffer.
    fileprivate var value: Tensor {
        switch self {
        case .parameter(let parameter): parameter.value
        case .buffer(let buffer): buffer.value
        case .module: fail("Module", "a module is no tensor")
        }
    }
}
