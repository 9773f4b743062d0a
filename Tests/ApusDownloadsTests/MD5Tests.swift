import ApusDownloads
import Testing
import _ApusTestSupport

@Suite struct MD5Tests {
    private func sum(_ text: String, in pieces: Int) -> String {
        var sum = MD5()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { sum.update($0) }
        }
        return sum.digest()
    }

    /// The test suite of RFC 1321.
    @Test(arguments: [1, 7, 64, 1000]) func sumsAreThoseOfTheStandard(pieces: Int) {
        #expect(sum("", in: pieces) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(sum("abc", in: pieces) == "900150983cd24fb0d6963f7d28e17f72")
        #expect(sum("message digest", in: pieces) == "f96b697d7cb7938d525a2f31aaf161d0")
        #expect(
            sum("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", in: pieces)
                == "d174ab98d277d9f5a5611c2c9f419d9f")
        let digits = String(repeating: "1234567890", count: 8)
        #expect(sum(digits, in: pieces) == "57edf4a22be3c955ac49da2e2107b67a")
    }
}
