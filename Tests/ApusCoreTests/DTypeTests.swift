import ApusCore
import Testing

@Suite struct DTypeTests {
    @Test func sizesAreThoseOfTheSwiftTypes() {
        let sizes: [DType: Int] = [
            .bool: MemoryLayout<Bool>.size, .uint8: 1, .int32: 4, .int64: 8,
            .float16: MemoryLayout<Float16>.size, .bfloat16: MemoryLayout<BFloat16>.size, .float32: 4,
            .float64: 8, .complex64: 8, .complex128: 16,
        ]
        #expect(DType.allCases.count == 10)
        for type in DType.allCases { #expect(type.size == sizes[type]) }
        #expect(MemoryLayout<BFloat16>.stride == 2)
    }

    @Test func namesGoBothWays() {
        for type in DType.allCases { #expect(DType(name: type.description) == type) }
        #expect(DType(name: "float32") == .float32 && DType(name: "Float32") == nil && DType(name: "") == nil)
    }

    @Test func kindsDivideTheTypes() {
        #expect(DType.allCases.filter(\.isInteger) == [.uint8, .int32, .int64])
        #expect(DType.allCases.filter(\.isFloatingPoint) == [.float16, .bfloat16, .float32, .float64])
        #expect(DType.allCases.filter(\.isComplex) == [.complex64, .complex128])
        #expect(DType.allCases.filter(\.isHalf) == [.float16, .bfloat16])
        for type in DType.allCases {
            #expect(type.isDifferentiable == (type.isFloatingPoint || type.isComplex))
            #expect(type.computeType == (type.isHalf ? .float32 : type))
        }
    }

    @Test func realAndComplexTypesAnswerEachOther() {
        #expect(DType.complex64.realType == .float32 && DType.complex128.realType == .float64)
        #expect(DType.float16.realType == .float16 && DType.int64.realType == .int64)
        #expect(DType.float64.complexType == .complex128 && DType.complex128.complexType == .complex128)
        for type in [DType.bool, .int64, .float16, .bfloat16, .float32, .complex64] {
            #expect(type.complexType == .complex64)
        }
    }

    /// `torch.promote_types` for each pair, in the order of the first row.
    private static let promotions = """
        bool       uint8      int32      int64      float16    bfloat16   float32    float64    complex64  complex128
        uint8      uint8      int32      int64      float16    bfloat16   float32    float64    complex64  complex128
        int32      int32      int32      int64      float16    bfloat16   float32    float64    complex64  complex128
        int64      int64      int64      int64      float16    bfloat16   float32    float64    complex64  complex128
        float16    float16    float16    float16    float16    float32    float32    float64    complex64  complex128
        bfloat16   bfloat16   bfloat16   bfloat16   float32    bfloat16   float32    float64    complex64  complex128
        float32    float32    float32    float32    float32    float32    float32    float64    complex64  complex128
        float64    float64    float64    float64    float64    float64    float64    float64    complex128 complex128
        complex64  complex64  complex64  complex64  complex64  complex64  complex64  complex128 complex64  complex128
        complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128 complex128
        """

    @Test func promotionIsPyTorchs() throws {
        let rows = try Self.promotions.split(separator: "\n").map { row in
            try row.split(separator: " ").map { try #require(DType(name: String($0))) }
        }
        #expect(rows[0] == DType.allCases)
        for (a, row) in zip(rows[0], rows) {
            for (b, expected) in zip(rows[0], row) {
                #expect(DType.promote(a, b) == expected, "\(a) with \(b)")
            }
        }
    }
}
