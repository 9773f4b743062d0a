import _ApusTestSupport

/// The instructions of a pickle, each with what follows it.
func instructions(of pickle: [UInt8]) -> [[UInt8]] {
    var (result, position): ([[UInt8]], Int) = ([], 0)
    func number(_ count: Int) -> Int {
        (0..<count).reversed().reduce(0) {
            $0 << 8 | Int(position + 1 + $1 < pickle.count ? pickle[position + 1 + $1] : 0)
        }
    }
    while position < pickle.count {
        var length =
            switch pickle[position] {
            case 0x80, UInt8(ascii: "K"), UInt8(ascii: "q"), UInt8(ascii: "h"): 2
            case UInt8(ascii: "M"): 3
            case UInt8(ascii: "J"), UInt8(ascii: "r"), UInt8(ascii: "j"): 5
            case UInt8(ascii: "G"): 9
            case 0x8A: 2 + number(1)
            case UInt8(ascii: "X"): 5 + number(4)
            case UInt8(ascii: "U"): 2 + number(1)
            default: 1
            }
        if pickle[position] == UInt8(ascii: "c") {
            var lines = 0
            length =
                (pickle[position...].firstIndex { byte in
                    lines += byte == 10 ? 1 : 0
                    return lines == 2
                } ?? pickle.count - 1) + 1 - position
        }
        let end = min(position + length, pickle.count)
        result.append(Array(pickle[position..<end]))
        position = end
    }
    return result
}

/// A file of `torch.save`'s with this pickle.
func torchFile(_ pickle: [UInt8], storages: [[UInt8]] = [], method: Int = 0) -> [UInt8] {
    zip(
        [("archive/data.pkl", pickle)]
            + storages.enumerated().map { ("archive/data/\($0.offset)", $0.element) }, method: method)
}

/// The pickle of a dictionary with one tensor `x` of these parts, over a storage of 6 float32 unless said otherwise.
func torchPickle(
    type: String = "FloatStorage", count: Int = 6, offset: [UInt8] = integer(0), shape: [Int] = [2, 3],
    strides: [Int] = [3, 1], notes: [UInt8] = []
) -> [UInt8] {
    func text(_ string: String) -> [UInt8] {
        [UInt8(ascii: "X"), UInt8(string.utf8.count), 0, 0, 0] + Array(string.utf8)
    }
    let storage =
        Array("(".utf8) + text("storage") + Array("ctorch\n\(type)\n".utf8) + text("0") + text("cpu")
        + integer(count)
        + Array("tQ".utf8)
    let layout =
        offset + Array("(".utf8) + shape.flatMap(integer) + Array("t(".utf8) + strides.flatMap(integer)
        + Array("t\u{89}ccollections\nOrderedDict\n)R".unicodeScalars.map { UInt8($0.value) })
    return [0x80, 2] + Array("}".utf8) + text("x") + Array("ctorch._utils\n_rebuild_tensor_v2\n(".utf8)
        + storage
        + layout + notes + Array("tRs.".utf8)
}

func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + littleEndian(UInt64(bitPattern: Int64(value))) }
