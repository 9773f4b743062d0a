import ApusText
import Testing

@Suite struct TokenizerTests {
    private let tokenizer: any Tokenizer

    init() throws { tokenizer = try Tokenizers.read(TokenizerFixture.path("wordpiece.json")) }

    @Test func specialTokensStandAround() throws {
        let (cls, sep) = (try #require(tokenizer.id(of: "[CLS]")), try #require(tokenizer.id(of: "[SEP]")))
        #expect(tokenizer.tokensBefore == [cls] && tokenizer.tokensAfter == [sep])
        #expect(tokenizer.specialTokens == [0, 1, 2, 3, 4])
        #expect(tokenizer.isSpecial(cls) && !tokenizer.isSpecial(5))
        let inner = tokenizer.tokens(in: "the layer")
        #expect(tokenizer.encode("the layer") == [cls] + inner + [sep])
        #expect(tokenizer.encode("the layer", addingSpecialTokens: false) == inner)
        #expect(tokenizer.encode("") == [cls, sep])
    }

    @Test func longTextsLoseTheirEnd() throws {
        let all = tokenizer.encode("a b c d e f")
        #expect(all.count == 8)
        #expect(tokenizer.encode("a b c d e f", maximumLength: 8) == all)
        #expect(tokenizer.encode("a b c d e f", maximumLength: 5) == Array(all[..<4]) + [all[7]])
        #expect(tokenizer.encode("a b c d e f", maximumLength: 2) == [all[0], all[7]])
        let inner = tokenizer.encode("a b c d e f", addingSpecialTokens: false, maximumLength: 1)
        #expect(inner == [all[1]])
    }

    @Test func lengthsWithoutRoomForSpecialTokensStop() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let tokenizer = try Tokenizers.read(TokenizerFixture.path("wordpiece.json"))
            _ = tokenizer.encode("a", maximumLength: 1)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        let expected =
            "encode: expected a maximumLength of at least 2, for the special tokens, found 1"
        #expect(message.contains(expected), "\(message)")
    }

    @Test func namesAndNumbersOfTokens() throws {
        for id in 0..<tokenizer.vocabularySize {
            let name = try #require(tokenizer.token(id))
            #expect(tokenizer.id(of: name) == id)
        }
        for id in [-1, tokenizer.vocabularySize, .max, .min] { #expect(tokenizer.token(id) == nil) }
        #expect(tokenizer.id(of: "no such token") == nil)
    }

    @Test func unknownTokensAreRefused() throws {
        let bytes = try BPETokenizer.read(TokenizerFixture.path("bpe.json"))
        for tokenizer in [tokenizer, bytes, ByteTokenizer()] as [any Tokenizer] {
            let size = tokenizer.vocabularySize
            for id in [-1, size, Int.max, .min] {
                let error = #expect(throws: TokenizerError.self) { try tokenizer.decode([0, id]) }
                #expect(error?.kind == .unknownToken && error?.path == nil)
                #expect(error?.description == "expected a token below \(size), found \(id)")
            }
        }
        // The vocabulary of this one has holes: tokens with q were taken out.
        let holes = try BPETokenizer.read(TokenizerFixture.path("bpe-prefixed.json"))
        let hole = try #require((0..<holes.vocabularySize).first { holes.token($0) == nil })
        let error = #expect(throws: TokenizerError.self) { try holes.decode([hole]) }
        #expect(
            error?.description
                == "expected a token of the vocabulary, which has none at some numbers, found \(hole)")
    }
}
