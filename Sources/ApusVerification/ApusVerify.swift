import Apus

/// Answers the requests of `Scripts/verify.py`, one after another, until its input ends.
///
/// A wrong shape stops the program, as it stops every program: the script notes what it said and starts another.
@main
struct ApusVerify {
    static func main() throws {
        while let request = try Request.next() {
            if request.list == true {
                var answer = Answer(status: .done, reason: nil)
                answer.names = counterparts.keys.sorted()
                try answer.write()
            } else {
                try answer(request).write()
            }
        }
    }

    private static func answer(_ request: Request) -> Answer {
        guard let counterpart = counterparts[request.name ?? ""] else {
            return Answer(status: .inexpressible, reason: "no counterpart")
        }
        let call = Call(request)
        do {
            let outputs = try counterpart(call)
            if let rest = call.unread { throw Inexpressible("the argument \(rest)") }
            return try derivatives(of: outputs, at: call.leaves, order: request.order ?? 0)
        } catch let error as Inexpressible {
            return Answer(status: .inexpressible, reason: error.reason)
        } catch {
            return Answer(status: .thrown, reason: "\(error)")
        }
    }

    /// The outputs, the gradients of their weighted sum, and the gradients of the weighted sum of those.
    private static func derivatives(of outputs: [Tensor], at leaves: [Tensor], order: Int) throws -> Answer {
        var answer = Answer(status: .done, reason: nil)
        answer.append(outputs, as: \.outputs)
        guard order > 0, let loss = weightedSum(outputs), !leaves.isEmpty else { return answer }
        let first = gradient(of: loss, at: leaves, createGraph: order > 1)
        answer.append(first, as: \.first)
        if order > 1, let second = weightedSum(first) {
            answer.append(gradient(of: second, at: leaves), as: \.second)
        }
        return answer
    }

    /// Σ Re(conj(w)·t) over the tensors that carry a gradient, w = cos k for the k-th element, and i/2 of it more for
    /// complex ones; nil where none does.
    private static func weightedSum(_ tensors: [Tensor]) -> Tensor? {
        var sum: Tensor?
        for tensor in tensors where tensor.requiresGradient {
            let count = tensor.count
            let w = Tensor.arange(1, count + 1).to(.float64).cos().reshape(tensor.shape)
            let real = tensor.dtype.realType
            var term: Tensor
            if tensor.dtype.isComplex {
                term = (tensor.real * w.to(real) + tensor.imaginary * (w / 2).to(real)).sum()
            } else {
                term = (tensor * w.to(real)).sum()
            }
            if let before = sum, before.dtype != term.dtype {
                term = term.to(DType.promote(before.dtype, term.dtype))
            }
            sum = sum.map { $0 + term } ?? term
        }
        return sum
    }
}
