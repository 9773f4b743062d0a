import ApusCore
import Testing

@Suite struct CallSiteTests {
    @Test func aMistakeNamesTheOperationAndTheCaller() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            fail("matmul", "the inner axes differ", at: CallSite(file: "Net.swift", line: 42))
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("Net.swift:42"), "\(message)")
        #expect(message.contains("matmul: the inner axes differ"), "\(message)")
    }
}
