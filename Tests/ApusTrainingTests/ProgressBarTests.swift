import Testing

@testable import ApusTraining

@Suite struct ProgressBarTests {
    private func bar(
        epoch: Int = 3, epochs: Int = 20, samples: Int = 8600, total: Int = 20_000, loss: Double = 0.1234,
        rate: Double = 12_345, secondsLeft: Double = 92
    ) -> ProgressBar {
        ProgressBar(
            epoch: epoch, epochs: epochs, samples: samples, total: total, loss: loss, rate: rate,
            secondsLeft: secondsLeft)
    }

    private func drawn(_ filled: Int, of width: Int) -> String {
        String(repeating: "━", count: filled) + String(repeating: "─", count: width - filled)
    }

    @Test func allFieldsFitEightyColumns() {
        let fields = "  43%  8600/20000  loss 0.1234  12,345 samples/s  1:32 left"
        #expect(bar().line(columns: 79) == "epoch 3/20 \(drawn(3, of: 9))\(fields)")
        #expect(bar().line(columns: 119) == "epoch 3/20 \(drawn(10, of: 24))\(fields)")
    }

    @Test func fieldsGoOneByOne() {
        let lines = [
            (70, "\(drawn(5, of: 12))  43%  loss 0.1234  12,345 samples/s  1:32 left"),
            (55, "\(drawn(6, of: 15))  43%  loss 0.1234  1:32 left"),
            (39, "\(drawn(4, of: 10))  43%  loss 0.1234"), (25, "\(drawn(3, of: 9))  43%"),
            (19, "\(drawn(1, of: 3))  43%"), (16, " 43%"),
        ]
        for (columns, rest) in lines { #expect(bar().line(columns: columns) == "epoch 3/20 \(rest)") }
        #expect(bar().line(columns: 5) == "epoch")
        #expect(bar().line(columns: 0) == "" && bar().line(columns: -1) == "")
    }

    @Test func neverWiderThanTheTerminal() {
        let bars = [
            bar(), bar(samples: 0), bar(samples: 20_000), bar(total: 0), bar(epochs: .max),
            bar(loss: .nan), bar(loss: .infinity), bar(loss: 8.6e29), bar(rate: 1e300),
            bar(secondsLeft: 1e300),
            bar(secondsLeft: .infinity), bar(secondsLeft: .nan), bar(samples: .max, total: .max),
        ]
        for bar in bars {
            for columns in 0...200 {
                let line = bar.line(columns: columns)
                #expect(line.count <= columns)
                if columns >= 39 && bar.epochs < 100 {
                    #expect(line.contains("epoch 3/20 ") && line.contains("%"))
                }
            }
        }
        #expect(bar(samples: 20_000).line(columns: 39).contains("100%"))
        #expect(bar(samples: 0).line(columns: 39).contains("   0%"))
    }

    @Test func timesStayShort() {
        let times: [(Double, String)] = [
            (0, "0:00"), (92, "1:32"), (3600, "1:00:00"), (86_399, "23:59:59"), (360_000, "100:00:00"),
            (8_640_000, "100 days"), (1e20, "1.2e+15 days"), (Double.infinity, "inf days"),
            (Double.nan, "nan days"),
        ]
        for (seconds, text) in times { #expect(clock(seconds) == text) }
    }

    @Test func numbersStayShort() {
        let numbers: [(Double, String)] = [
            (0, "0.0000"), (0.69314, "0.6931"), (-2.5, "-2.5000"), (9999.5, "9999.5000"), (10_000, "1.0e+04"),
            (8.6e29, "8.6e+29"), (1.7e308, "1.7e+308"), (0.0001, "0.0001"), (0.00002, "2.0e-05"),
            (Double.leastNonzeroMagnitude, "4.9e-324"), (Double.infinity, "inf"), (-Double.infinity, "-inf"),
            (Double.nan, "nan"), (-Double.nan, "nan"),
        ]
        for (value, text) in numbers { #expect(shortNumber(value) == text) }
    }
}
