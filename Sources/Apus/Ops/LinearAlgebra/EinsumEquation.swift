/// An Einstein summation as written, checked against the shapes of its operands.
///
/// Every axis has a label: a letter's ASCII code, or for the axes that `...` stands for a negative
/// number, −1 the last of them.
struct EinsumEquation {
    /// The labels of each operand's axes.
    let inputs: [[Int]]
    let output: [Int]

    struct Mistake: Error {
        let reason: String
    }

    init(_ equation: String, _ shapes: [Shape]) throws(Mistake) {
        let text = equation.filter { $0 != " " }
        let sides = text.split(separator: "->", omittingEmptySubsequences: false).map(String.init)
        if sides.count > 2 { throw Mistake(reason: "\"\(equation)\" has more than one arrow") }
        let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if terms.count != shapes.count {
            throw Mistake(
                reason: "\"\(equation)\" names \(terms.count) operands, and there are \(shapes.count)")
        }
        var inputs: [[Int]] = []
        for (term, shape) in zip(terms, shapes) {
            inputs.append(try EinsumEquation.labels(term, rank: shape.count, shape))
        }
        let hidden = inputs.joined().filter { $0 < 0 }.min() ?? 0
        self.inputs = inputs
        if sides.count == 2 {
            // The output's ellipsis stands for the longest of the inputs'.
            let letters = sides[1].filter { $0 != "." }.count
            let rank = letters + (sides[1].contains(".") ? -hidden : 0)
            output = try EinsumEquation.labels(sides[1], rank: rank, nil)
        } else {
            let all = inputs.joined().filter { $0 > 0 }
            let once = Set(all).filter { label in all.count { $0 == label } == 1 }
            output = Array(hidden..<0) + once.sorted()
        }
        for label in output {
            if output.count(where: { $0 == label }) > 1 {
                throw Mistake(reason: "the output of \"\(equation)\" repeats an axis")
            }
            if label > 0 && !inputs.contains(where: { $0.contains(label) }) {
                throw Mistake(reason: "the output of \"\(equation)\" has an axis that no operand has")
            }
        }
    }

    private static func labels(_ term: String, rank: Int, _ shape: Shape?) throws(Mistake) -> [Int] {
        let parts = term.split(separator: "...", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2 { throw Mistake(reason: "\"\(term)\" has more than one ellipsis") }
        var halves: [[Int]] = []
        for part in parts {
            for character in part where !(character.isASCII && character.isLetter) {
                throw Mistake(reason: "\"\(character)\" in \"\(term)\" is neither a letter nor an ellipsis")
            }
            halves.append(part.unicodeScalars.map { Int($0.value) })
        }
        let letters = halves.reduce(0) { $0 + $1.count }
        if letters > rank || (parts.count == 1 && letters != rank) {
            throw Mistake(
                reason: "\"\(term)\" does not fit the axes of "
                    + (shape.map { "shape \($0)" } ?? "the result"))
        }
        return halves[0] + Array(-(rank - letters)..<0) + (halves.count == 2 ? halves[1] : [])
    }
}
