import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// The table of types, made by running every operation, is the one in `Documentation/Types.md`.
@Suite struct TypeTableTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Documentation/Types.md")

    /// What is asked of each operation.
    private enum Column: String, CaseIterable {
        case rules, int64, bfloat16, mixed, castFloat32, castBFloat16

        /// What one operation answers; empty where it has nothing to say.
        func answer(_ operation: Operation) -> String {
            let sample = operation.samples[0]
            func result(_ dtype: DType) -> String {
                "\(sample.call(ReplayTests.inputs(sample, dtype, seed: 1)).dtype)"
            }
            switch self {
            case .rules: return TypeTableTests.rules(operation)
            case .int64: return result(.int64)
            case .bfloat16: return result(.bfloat16)
            case .mixed:
                let free = sample.inputs.indices.filter { sample.inputs[$0].fixedDType == nil }
                if free.count < 2 { return "" }
                var inputs = ReplayTests.inputs(sample, .float32, seed: 1)
                inputs[free[0]] = inputs[free[0]].to(.bfloat16)
                return "\(sample.call(inputs).dtype)"
            case .castFloat32: return autocast { result(.float32) }
            case .castBFloat16: return autocast { result(.bfloat16) }
            }
        }
    }

    /// The rules of the primitives that all samples of an operation are made of.
    private static func rules(_ operation: Operation) -> String {
        let dtype = operation.dtypes.contains(.float32) ? .float32 : operation.dtypes[0]
        let primitives = operation.samples.flatMap { sample in
            Trace.of(ReplayTests.inputs(sample, dtype, seed: 1)) { [sample.call($0)] }.applications
                .map(\.primitive)
        }
        let rules = Set(primitives.filter { !$0.isView }.map(\.types))
        return TypeRule.allCases.filter(rules.contains).map(\.rawValue).joined(separator: ", ")
    }

    /// A line for each answer: the operation's number, the column and the answer. Whoever stops says nothing.
    private static func answers() async -> [String: String] {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let questions = Operation.all.flatMap { operation in Column.allCases.map { (operation, $0) } }
            _ = Trials.run(questions.count) { number in
                let (operation, column) = questions[number]
                let line = "answer \(operation.name).\(column) \(column.answer(operation))\n"
                FileHandle.standardOutput.write(Data(line.utf8))
            }
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("answer ") }
            .map { $0.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false) }
        return Dictionary(uniqueKeysWithValues: lines.map { (String($0[1]), String($0[2])) })
    }

    /// What `autocast(.bfloat16)` makes of an operation, from its results of float32 and of bfloat16.
    private static func category(_ float32: String?, _ bfloat16: String?) -> String {
        switch (float32, bfloat16) {
        case ("bfloat16", _): "low"
        case ("float32", "float32"): "float32"
        case ("float32", "bfloat16"): "as the input"
        default: ""
        }
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        ([header, header.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }
            .joined(separator: "\n")
    }

    private static func tables() async throws -> String {
        let answers = await answers()
        let golden = URL(filePath: "\(OperationCase.directory)/autocast.json")
        let torch = try JSONDecoder().decode(
            [String: [String: String]].self, from: Data(contentsOf: golden))
        let rules = TypeRule.allCases.map { rule in
            [
                rule.rawValue, rule.inputs.rawValue, rule.sums.map { "\($0)" } ?? "",
                rule.autocast.rawValue,
            ]
        }
        var differences: [String: [String]] = [:]
        let operations = Operation.all.sorted { $0.name.lowercased() < $1.name.lowercased() }.map {
            operation in
            func answer(_ column: Column) -> String { answers["\(operation.name).\(column)"] ?? "–" }
            let ours = category(answer(.castFloat32), answer(.castBFloat16))
            let theirs = category(torch[operation.name]?["float32"], torch[operation.name]?["bfloat16"])
            if ours != theirs, ours != "", theirs != "" {
                differences["\(ours), in PyTorch \(theirs)", default: []].append(operation.name)
            }
            return [
                operation.name, answer(.rules), answer(.int64), answer(.bfloat16), answer(.mixed), ours,
                theirs,
            ]
        }
        return [
            table(["rule", "inputs", "float32 and 16 bits sum in", "within `autocast`"], rules),
            "### Operations",
            table(
                [
                    "operation", "rules of what it is made of", "of int64", "of bfloat16",
                    "of bfloat16 beside float32", "within `autocast`", "in PyTorch on a CPU",
                ], operations),
            "### Where `autocast` differs from PyTorch's on a CPU",
            differences.sorted { $0.key < $1.key }.map {
                "- \($0.key): \($0.value.joined(separator: ", "))"
            }.joined(separator: "\n"),
        ].joined(separator: "\n\n")
    }

    @Test func theDocumentationHasTheTable() async throws {
        let (begin, end) = ("<!-- begin -->", "<!-- end -->")
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let tables = try await Self.tables()
        guard let first = text.range(of: begin),
            let last = text.range(of: end, range: first.upperBound..<text.endIndex)
        else {
            Issue.record("Documentation/Types.md has no place for the tables")
            return
        }
        let page = text[..<first.upperBound] + "\n\n" + tables + "\n\n" + text[last.lowerBound...]
        if text == page { return }
        let file = FileManager.default.temporaryDirectory.appending(path: "apus-types.md")
        try Data(page.utf8).write(to: file)
        Issue.record("the table of types is another: copy \(file.path) to Documentation/Types.md")
    }

    /// What arrives at a primitive is in the types of its rule, whatever the operation was given.
    @Test func inputsArriveAsRulesSay() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let trials = [DType.int64, .bool, .bfloat16].flatMap { dtype in
                Operation.all.flatMap { operation in operation.samples.map { (dtype, operation.name, $0) } }
            }
            _ = Trials.run(trials.count) { number in
                let (dtype, name, sample) = trials[number]
                let graph = Trace.of(ReplayTests.inputs(sample, dtype, seed: 1)) { [sample.call($0)] }
                for application in graph.applications where !application.primitive.isView {
                    guard let first = application.inputs.first else { continue }
                    let (found, rule) = (graph.values[first].dtype, application.primitive.types)
                    if rule.type(found) == found { continue }
                    let line = "problem \(name): \(application.primitive.name) is \(rule) and got \(found)\n"
                    FileHandle.standardOutput.write(Data(line.utf8))
                }
            }
        }
        let text = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let problems = Set(text.split(separator: "\n").filter { $0.hasPrefix("problem ") })
        #expect(problems.isEmpty, "\(problems.sorted().joined(separator: "\n"))")
    }

    /// In 16 bits sums of ones would stop at 256, in float32 at 2²⁴.
    @Test func sumsAreInTheTypesThatRulesName() {
        let low = Tensor.ones([1, 1000], dtype: .bfloat16)
        func count(_ x: Tensor) -> Double { x.to(.float64).max().item() }
        #expect(TypeRule.sum.sums == .float32 && count(low.sum()) == 1000)
        #expect(TypeRule.product.sums == .float32 && count(low.matmul(low.transpose())) == 1000)
        #expect(count(low.linear(low)) == 1000)
        #expect(TypeRule.statistic.sums == .float32 && count(low.mean()) == 1)
        #expect(TypeRule.average.sums == .float32 && count(low.avgPool1d(1000)) == 1)
        #expect(TypeRule.convolution.sums == .float32)
        #expect(count(low.reshape([1, 1, 1000]).conv1d(low.reshape([1, 1, 1000]))) == 1000)
        #expect(TypeRule.runningSum.sums == .float64)
        let wide = Tensor([Float(1 << 24), 1, 1, 1, 1])
        #expect(count(wide.cumulativeSum(axis: 0)) == Double(1 << 24) + 4)
    }

    @Test func numbersAndTensorsWithoutAxesAreWeak() {
        let (x, y) = (Tensor.ones([2], dtype: .bfloat16), Tensor.ones([], dtype: .float64))
        #expect((x * y).dtype == .bfloat16 && (x * 2.5).dtype == .bfloat16)
        #expect(TypeRule.element.promoted([x, y, y]).map(\.dtype) == [.bfloat16, .bfloat16, .bfloat16])
        #expect(x.lerp(x, weight: y).dtype == .bfloat16)
        #expect(Tensor.resultType([y, y]) == .float64)
        #expect(einsum("i,->i", x, y).dtype == .bfloat16)
        #expect(Tensor([1, 2]).lerp(Tensor([3, 4]), weight: 0.5).dtype == .float32)
    }
}
