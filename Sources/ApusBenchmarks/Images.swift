import Apus
import ApusData
import ApusFormats

/// JPEG files to tensors, on one thread as a loader's worker does it.
let images = [
    Benchmark("jpeg to 224x224 tensor") {
        let data = JPEG.encode(picture(), quality: 90)
        let resize = Resize(width: 224, height: 224)
        let toTensor = ToTensor(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
        return { consume(toTensor(resize(try! Image.decode(data, name: "picture", as: .rgb)))) }
    },
    Benchmark("jpeg decode 500x375") {
        let data = JPEG.encode(picture(), quality: 90)
        return { consume(try! Image.decode(data, name: "picture", as: .rgb)) }
    },
    Benchmark("resize 500x375 to 224x224") {
        let image = picture()
        return { consume(image.resized(width: 224, height: 224)) }
    },
    Benchmark("resize 500x375 to 224x224 bicubic") {
        let image = picture()
        return { consume(image.resized(width: 224, height: 224, .bicubic)) }
    },
]

private let (width, height) = (500, 375)

/// Random numbers in 0...1 at the corners of cells, interpolated in between; the same as in bench/peers/images.py.
private func noise(_ cell: Int, _ channel: Int, _ x: Int, _ y: Int) -> Double {
    func corner(_ x: Int, _ y: Int) -> Double {
        var n = (x * 374_761_393 + y * 668_265_263 + (channel * 7919 + cell) * 2_246_822_519) & 0xFFFF_FFFF
        n = ((n ^ (n >> 13)) * 1_274_126_177) & 0xFFFF_FFFF
        return Double((n ^ (n >> 16)) & 0xFFFF) / 65535
    }
    let (column, row) = (x / cell, y / cell)
    let (dx, dy) = (Double(x % cell) / Double(cell), Double(y % cell) / Double(cell))
    let above = corner(column, row) + (corner(column + 1, row) - corner(column, row)) * dx
    let below = corner(column, row + 1) + (corner(column + 1, row + 1) - corner(column, row + 1)) * dx
    return above + (below - above) * dy
}

/// Slopes and details of many sizes, some common to all channels, as in photographs.
private func picture() -> Image {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
        for x in 0..<width {
            let coarse = 120 * noise(80, 3, x, y) + 60 * noise(20, 3, x, y)
            let shared = coarse + 56 * noise(5, 3, x, y) + 56 * noise(2, 3, x, y)
            for channel in 0..<3 {
                pixels.append(UInt8(min(max(shared + 40 * noise(60, channel, x, y) - 30, 0), 255)))
            }
        }
    }
    return Image(width: width, height: height, format: .rgb, pixels: pixels)
}
