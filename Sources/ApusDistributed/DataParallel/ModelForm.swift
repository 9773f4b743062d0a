import Apus
import ApusNN

/// What must be the same of all ranks' models: the names, shapes and types of parameters and buffers, and
/// which parameters are trained.
struct ModelForm {
    /// A line for each parameter and buffer.
    private let lines: [String]

    /// - Parameter bucketBytes: what must be the same too.
    init(_ model: Module, bucketBytes: Int) {
        let parameters = model.namedParameters().map { name, parameter in
            let kind = parameter.value.requiresGradient ? "parameter" : "frozen parameter"
            return (name, kind, parameter.value, ObjectIdentifier(parameter))
        }
        let buffers = model.namedBuffers().map { name, buffer in
            (name, "buffer", buffer.value, ObjectIdentifier(buffer))
        }
        var names: [ObjectIdentifier: String] = [:]
        let ofModel = (parameters + buffers).map { name, kind, value, id in
            // A parameter under two names is one on all ranks, or two.
            let first = names[id]
            if first == nil { names[id] = name }
            return "\(kind) \(name), \(value.dtype) of shape \(value.shape)"
                + (first.map { ", which is \($0)" } ?? "")
        }
        lines = ofModel + ["buckets of \(bucketBytes) bytes"]
    }

    /// Throws on all ranks where one has a model that differs from rank 0's: the first such rank, and the
    /// first difference.
    func compare(in group: any ProcessGroup) throws(DistributedError) {
        let first = try group.broadcast(text: lines.joined(separator: "\n"), from: 0)
            .split(separator: "\n").map(String.init)
        let length = max(lines.count, first.count)
        let difference = (0..<length).first {
            $0 >= lines.count || $0 >= first.count || lines[$0] != first[$0]
        }
        var differs = [Double](repeating: 0, count: group.size)
        if difference != nil { differs[group.rank] = 1 }
        let all = try group.sum(Tensor(differs, shape: [group.size], dtype: .float64)).array(of: Double.self)
        guard let rank = all.firstIndex(where: { $0 != 0 }) else { return }
        func line(_ lines: [String], _ index: Int) -> String {
            index < lines.count ? lines[index] : "no more"
        }
        let own = difference.map {
            "rank \(rank) has another model than rank 0: \(line(lines, $0)), where rank 0 has \(line(first, $0))"
        }
        throw DistributedError(.differentModel(rank), try group.broadcast(text: own ?? "", from: rank))
    }
}
