import Apus
import ApusData
import ApusFormats
import ApusNN

extension Explanation {
    /// A picture whose sides have `Explanation.side` pixels or more: each of its pixels becomes a square.
    static func enlarged(_ image: Image) -> Image {
        let scale = max(1, (side + min(image.width, image.height) - 1) / min(image.width, image.height))
        return image.resized(width: image.width * scale, height: image.height * scale, .nearest)
    }

    /// The channels of a feature map [channels, height, width], each from black for its smallest value to
    /// white for its largest; of complex ones the magnitudes.
    static func tiles(ofMaps maps: Tensor) -> Image {
        let maps = first(maps.dtype.isComplex ? maps.abs() : maps)
        let low = maps.min(axes: [1, 2], keepDims: true)
        let range = (maps.max(axes: [1, 2], keepDims: true) - low).clamp(min: 1e-30)
        return sheet((maps - low) / range, side: 56)
    }

    /// Filters in gray, 0 in its middle, or in color where the input has red, green and blue; all by the
    /// largest weight.
    static func tiles(ofFilters filters: ConvolutionFilters) -> Image {
        let weight = filters.weight.dtype.isComplex ? filters.weight.real : filters.weight
        let largest = max(weight.abs().max().item(as: Double.self), 1e-30)
        let shares = weight / (2 * largest) + 0.5
        return sheet(first(filters.isColored ? shares : shares.flatten(from: 0, to: 1)), side: 24)
    }

    /// The magnitude of the transform of each filter, of colored ones the mean over the colors; each by its
    /// largest value.
    static func tiles(ofSpectra filters: ConvolutionFilters) -> Image {
        let size = max(32, filters.weight.shape[2], filters.weight.shape[3])
        let all = filters.spectra(size: size)
        let spectra = first(filters.isColored ? all.mean(axis: 1) : all.flatten(from: 0, to: 1))
        return sheet(spectra / spectra.max(axes: [1, 2], keepDims: true).clamp(min: 1e-30), side: size)
    }

    private static func first(_ tiles: Tensor) -> Tensor {
        tiles.narrow(axis: 0, start: 0, count: min(tiles.shape[0], mostTiles))
    }

    /// Eight tiles in a row, enlarged to about `side` pixels.
    private static func sheet(_ tiles: Tensor, side: Int) -> Image {
        Image(tiles: tiles, columns: 8, scale: max(1, side / tiles.shape[tiles.rank - 1]))
    }
}

extension ConvolutionFilters {
    /// Whether each filter sees red, green and blue.
    var isColored: Bool { weight.shape[1] == 3 && !weight.dtype.isComplex }
}
