/// The calls that neither return nor stop with their operation's name, for numbers at both ends of `Int`, 0, -1, and
/// others that no memory holds; each as a line. For the child of an exit test, as `Trials` are.
package func extremeNumbersThatGoWrong(_ calls: [CallWithNumber]) -> [String] {
    let numbers = [Int.max, .max / 2 + 1, 1 << 45, 1 << 36, 0, -1, .min + 1, .min]
    let trials = calls.flatMap { call in numbers.map { (call: call, number: $0) } }
    let outcomes = Trials.run(trials.count) { trials[$0].call.call(trials[$0].number) }
    return zip(trials, outcomes).compactMap { trial, outcome in
        let what = "\(trial.call.name) of \(trial.number)"
        switch outcome {
        case .returned: return nil
        case .stopped(let operation, let message):
            // Memory that a larger machine has is the allocator's to refuse.
            // A layer that is called refuses by its function's name.
            let name = trial.call.name
            let function = name.prefix(1).lowercased() + name.dropFirst()
            let names = [name, function, "allocate"].prefix(trial.number.magnitude > 1 << 44 ? 2 : 3)
            return names.contains(operation) ? nil : "\(what): \(message)"
        case .crashed(let text): return "\(what): \(text)"
        case .endless: return "\(what): never ends"
        }
    }
}
