import Apus
import Testing

/// Casts of what an integer type does not hold: NaN, infinities and numbers beyond it give its lowest integer, in every
/// length and by every way.
@Suite struct CastTests {
    static let integers: [DType] = [.uint8, .int32, .int64]
    static let floats: [DType] = [.float16, .bfloat16, .float32, .float64, .complex64, .complex128]

    static let values: [Double] = [
        0, -0.0, 0.5, -0.5, -0.999, 1, -1, 1.5, -1.5, 127.9, 128, 200.7, 254.5, 255, 255.9, 256, 300, -3, 1e3,
        65504,
        1e5, 3e9, -3e9, 2147483647, 2147483647.5, 2147483648, -2147483648, -2147483648.5, -2147483649,
        4294967296,
        9.223372036854774e18, 0x1p63, -0x1p63, -0x1.0000000000001p63, 1e19, 1e30, -1e30, 1e300, -1e300,
        .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e-30,
    ]

    static func expected(_ value: Double, _ dtype: DType) -> Int {
        let (low, high): (Double, Double) =
            dtype == .uint8
            ? (0, 255) : dtype == .int32 ? (-0x1p31, 0x1p31 - 1) : (-0x1p63, 0x1.fffffffffffffp62)
        let whole = value.rounded(.towardZero)
        return whole >= low && whole <= high ? Int(whole) : Int(low)
    }

    @Test(arguments: floats, integers)
    func whatDoesNotFitIsTheLowest(_ from: DType, _ to: DType) {
        // What the type makes of the values, and what that should become.
        let source = Tensor(Self.values, shape: [Self.values.count], dtype: from)
        let held = (from.isComplex ? source.real : source).array(of: Double.self)
        let wanted = held.map { Self.expected($0, to) }
        // Whole vectors, and every length of a rest.
        for copies in [1, 3] {
            let repeated = source.tile([copies])
            for count in [1, 2, 3, 7, 15, 16, 17, 31, Self.values.count * copies]
            where count <= repeated.count {
                let part = repeated.narrow(axis: 0, start: repeated.count - count, count: count)
                let wanted = (0..<copies).flatMap { _ in wanted }.suffix(count)
                #expect(part.to(to).array(of: Int.self) == Array(wanted), "\(count) of \(from)")
            }
        }
        // Strided, reversed, transposed, and as one element.
        let strided = source.tile([2]).reshape([2, Self.values.count]).transpose()
        #expect(strided.to(to).array(of: Int.self) == wanted.flatMap { [$0, $0] })
        #expect(source.flip(axis: 0).to(to).array(of: Int.self) == wanted.reversed())
        for (i, wanted) in wanted.enumerated() {
            #expect(source[i].to(to).item(as: Int.self) == wanted)
            switch to {
            case .uint8:
                #expect(source[i].item(as: UInt8.self) == UInt8(wanted))
                #expect(source[i].array(of: UInt8.self) == [UInt8(wanted)])
            case .int32: #expect(source[i].item(as: Int32.self) == Int32(wanted))
            default:
                #expect(
                    source[i].item(as: Int.self) == wanted && source[i].item(as: Int64.self) == Int64(wanted))
            }
        }
    }

    @Test(arguments: integers)
    func scalarsToo(_ dtype: DType) {
        for value in Self.values {
            let wanted = Self.expected(value, dtype)
            #expect(Tensor(value, dtype: dtype).item(as: Int.self) == wanted, "\(value)")
            #expect(
                Tensor.full([2], value, dtype: dtype).array(of: Int.self) == [wanted, wanted], "\(value)")
            #expect(Tensor([value], shape: [1], dtype: dtype).array(of: Int.self) == [wanted], "\(value)")
        }
    }

    @Test(arguments: floats)
    func anythingButZeroIsTrue(_ dtype: DType) {
        let source = Tensor([0, -0.0, 1e-3, -1e-3, .nan, .infinity, 300], shape: [7], dtype: dtype)
        #expect(source.to(.bool).array(of: Bool.self) == [false, false, true, true, true, true, true])
    }

    @Test func integersWrap() {
        let x = Tensor([-1, 255, 256, 1 << 31, 1 << 32, .min, .max], shape: [7], dtype: .int64)
        #expect(x.to(.uint8).array(of: Int.self) == [255, 255, 0, 0, 0, 0, 255])
        #expect(x.to(.int32).array(of: Int.self) == [-1, 255, 256, -1 << 31, 0, 0, -1])
    }
}
