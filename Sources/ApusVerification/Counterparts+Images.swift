import Apus

private func extents(_ call: Call, _ position: Int?, _ name: String, _ fallback: Int) throws -> Extents {
    try call.optionalInts(position, name).map { Extents($0) } ?? Extents(fallback)
}

private func optionalExtents(_ call: Call, _ position: Int?, _ name: String) throws -> Extents? {
    guard let values = try call.optionalInts(position, name), !values.isEmpty else { return nil }
    return Extents(values)
}

/// Images with `axes` spatial axes and a batch; PyTorch takes one without a batch too.
private func batched(_ x: Tensor, _ axes: Int, _ body: (Tensor) throws -> [Tensor]) rethrows -> [Tensor] {
    if x.rank == axes + 1 { return try body(x.unsqueeze(0)).map { $0.squeeze(axis: 0) } }
    return try body(x)
}

private func convolution(_ axes: Int) -> Counterpart {
    { call in
        let weight = try call.tensor(1, "weight")
        let bias = try call.optionalTensor(2, "bias")
        let stride = try extents(call, 3, "stride", 1)
        let padding: ConvolutionPadding
        if call.isString(4, "padding") {
            padding = try call.optionalString(4, "padding") == "same" ? .same : .valid
        } else {
            padding = .symmetric(try extents(call, 4, "padding", 0))
        }
        let dilation = try extents(call, 5, "dilation", 1)
        let groups = try call.int(6, "groups", 1)
        return try batched(call.x, axes) { x in
            switch axes {
            case 1:
                [
                    x.conv1d(
                        weight, bias: bias, stride: stride, padding: padding, dilation: dilation,
                        groups: groups)
                ]
            case 2:
                [
                    x.conv2d(
                        weight, bias: bias, stride: stride, padding: padding, dilation: dilation,
                        groups: groups)
                ]
            default:
                [
                    x.conv3d(
                        weight, bias: bias, stride: stride, padding: padding, dilation: dilation,
                        groups: groups)
                ]
            }
        }
    }
}

private func transposed(_ axes: Int) -> Counterpart {
    { call in
        let weight = try call.tensor(1, "weight")
        let bias = try call.optionalTensor(2, "bias")
        let stride = try extents(call, 3, "stride", 1)
        let padding = try extents(call, 4, "padding", 0)
        let outputPadding = try extents(call, 5, "output_padding", 0)
        let groups = try call.int(6, "groups", 1)
        let dilation = try extents(call, 7, "dilation", 1)
        return try batched(call.x, axes) { x in
            switch axes {
            case 1:
                [
                    x.convTranspose1d(
                        weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding,
                        dilation: dilation, groups: groups)
                ]
            case 2:
                [
                    x.convTranspose2d(
                        weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding,
                        dilation: dilation, groups: groups)
                ]
            default:
                [
                    x.convTranspose3d(
                        weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding,
                        dilation: dilation, groups: groups)
                ]
            }
        }
    }
}

private func avgPool(_ axes: Int) -> Counterpart {
    { call in
        let size = try extents(call, 1, "kernel_size", 1)
        let stride = try optionalExtents(call, 2, "stride")
        let padding = try extents(call, 3, "padding", 0)
        let ceilMode = try call.bool(4, "ceil_mode")
        let countsPadding = try call.bool(5, "count_include_pad", true)
        let divisor = axes == 1 ? nil : try call.optionalInt(6, "divisor_override")
        return try batched(call.x, axes) { x in
            switch axes {
            case 1:
                [
                    x.avgPool1d(
                        size, stride: stride, padding: padding, ceilMode: ceilMode,
                        countIncludePad: countsPadding)
                ]
            case 2:
                [
                    x.avgPool2d(
                        size, stride: stride, padding: padding, ceilMode: ceilMode,
                        countIncludePad: countsPadding,
                        divisorOverride: divisor)
                ]
            default:
                [
                    x.avgPool3d(
                        size, stride: stride, padding: padding, ceilMode: ceilMode,
                        countIncludePad: countsPadding,
                        divisorOverride: divisor)
                ]
            }
        }
    }
}

private func maxPool(_ axes: Int) -> Counterpart {
    { call in
        let size = try extents(call, 1, "kernel_size", 1)
        let stride = try optionalExtents(call, 2, "stride")
        let padding = try extents(call, 3, "padding", 0)
        let dilation = try extents(call, 4, "dilation", 1)
        let ceilMode = try call.bool(5, "ceil_mode")
        let wantsIndices = try call.bool(6, "return_indices")
        return try batched(call.x, axes) { x in
            let result =
                switch axes {
                case 1:
                    x.maxPool1dWithIndices(
                        size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
                case 2:
                    x.maxPool2dWithIndices(
                        size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
                default:
                    x.maxPool3dWithIndices(
                        size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
                }
            return wantsIndices ? [result.values, result.indices] : [result.values]
        }
    }
}

private func adaptive(_ call: Call) throws -> AdaptiveExtents {
    switch call.value(1, "output_size") {
    case .int(let size)?: return AdaptiveExtents(size)
    case .list(let sizes)?:
        return AdaptiveExtents(
            try sizes.map { size -> Int? in
                switch size {
                case .int(let number): return number
                case .none: return nil
                default: throw Inexpressible("a size that is no integer")
                }
            })
    default: throw Inexpressible("no size")
    }
}

private func adaptiveAvgPool(_ axes: Int) -> Counterpart {
    { call in
        let size = try adaptive(call)
        return try batched(call.x, axes) { x in
            switch axes {
            case 1: [x.adaptiveAvgPool1d(size)]
            case 2: [x.adaptiveAvgPool2d(size)]
            default: [x.adaptiveAvgPool3d(size)]
            }
        }
    }
}

private func adaptiveMaxPool(_ axes: Int) -> Counterpart {
    { call in
        let size = try adaptive(call)
        let wantsIndices = try call.bool(2, "return_indices")
        return try batched(call.x, axes) { x in
            let result =
                switch axes {
                case 1: x.adaptiveMaxPool1dWithIndices(size)
                case 2: x.adaptiveMaxPool2dWithIndices(size)
                default: x.adaptiveMaxPool3dWithIndices(size)
                }
            return wantsIndices ? [result.values, result.indices] : [result.values]
        }
    }
}

private func maxUnpool(_ axes: Int) -> Counterpart {
    { call in
        let indices = try call.tensor(1, "indices")
        let size = try extents(call, 2, "kernel_size", 1)
        let stride = try optionalExtents(call, 3, "stride")
        let padding = try extents(call, 4, "padding", 0)
        var output: Extents?
        if let full = try call.optionalInts(5, "output_size") { output = Extents(Array(full.suffix(axes))) }
        let x = try call.x
        let isSingle = x.rank == axes + 1
        let index = isSingle ? indices.unsqueeze(0) : indices
        return batched(x, axes) { x in
            switch axes {
            case 1: [x.maxUnpool1d(index, size, stride: stride, padding: padding, outputSize: output)]
            case 2: [x.maxUnpool2d(index, size, stride: stride, padding: padding, outputSize: output)]
            default: [x.maxUnpool3d(index, size, stride: stride, padding: padding, outputSize: output)]
            }
        }
    }
}

private let interpolate: Counterpart = { call in
    let x = try call.x
    let size = try call.optionalInts(1, "size")
    let scales = try call.doubles(2, "scale_factor")
    let word = try call.optionalString(3, "mode") ?? "nearest"
    let modes: [String: Interpolation] = [
        "nearest": .nearest, "nearest-exact": .nearestExact, "linear": .linear, "bilinear": .bilinear,
        "trilinear": .trilinear, "bicubic": .bicubic,
    ]
    let corners = try call.bool(4, "align_corners")
    let isRecomputed = try call.bool(5, "recompute_scale_factor")
    if try call.bool(6, "antialias") { throw Inexpressible("antialiasing") }
    let all = scales.map { $0.count == 1 ? [Double](repeating: $0[0], count: x.rank - 2) : $0 }
    var extents = size.map { $0.count == 1 ? [Int](repeating: $0[0], count: x.rank - 2) : $0 }
    if let all, isRecomputed || word == "area" {
        extents = zip(x.shape.dropFirst(2), all).map { Int((Double($0) * $1).rounded(.down)) }
    }
    if word == "area", let extents {
        let size = AdaptiveExtents(Extents(extents))
        switch extents.count {
        case 1: return [x.adaptiveAvgPool1d(size)]
        case 2: return [x.adaptiveAvgPool2d(size)]
        default: return [x.adaptiveAvgPool3d(size)]
        }
    }
    guard let mode = modes[word] else { throw Inexpressible("the mode \(word)") }
    if let extents { return [x.interpolate(size: Extents(extents), mode: mode, alignCorners: corners)] }
    guard let all else { throw Inexpressible("neither size nor scale") }
    return [x.interpolate(scales: all, mode: mode, alignCorners: corners)]
}

let imageCounterparts: [String: Counterpart] = [
    "nn.functional.conv1d": convolution(1),
    "nn.functional.conv2d": convolution(2),
    "nn.functional.conv3d": convolution(3),
    "nn.functional.conv_transpose1d": transposed(1),
    "nn.functional.conv_transpose2d": transposed(2),
    "nn.functional.conv_transpose3d": transposed(3),
    "nn.functional.avg_pool1d": avgPool(1),
    "nn.functional.avg_pool2d": avgPool(2),
    "nn.functional.avg_pool3d": avgPool(3),
    "nn.functional.max_pool1d": maxPool(1),
    "nn.functional.max_pool2d": maxPool(2),
    "nn.functional.max_pool3d": maxPool(3),
    "nn.functional.adaptive_avg_pool1d": adaptiveAvgPool(1),
    "nn.functional.adaptive_avg_pool2d": adaptiveAvgPool(2),
    "nn.functional.adaptive_avg_pool3d": adaptiveAvgPool(3),
    "nn.functional.adaptive_max_pool1d": adaptiveMaxPool(1),
    "nn.functional.adaptive_max_pool2d": adaptiveMaxPool(2),
    "nn.functional.adaptive_max_pool3d": adaptiveMaxPool(3),
    "nn.functional.max_unpool1d": maxUnpool(1),
    "nn.functional.max_unpool2d": maxUnpool(2),
    "nn.functional.max_unpool3d": maxUnpool(3),
    "nn.functional.lp_pool2d": { call in
        let p = try call.double(1, "norm_type")
        let size = try extents(call, 2, "kernel_size", 1)
        let stride = try optionalExtents(call, 3, "stride")
        return [try call.x.lpPool2d(p, size, stride: stride, ceilMode: call.bool(4, "ceil_mode"))]
    },
    "nn.functional.unfold": { call in
        let size = try extents(call, 1, "kernel_size", 1)
        let dilation = try extents(call, 2, "dilation", 1)
        let padding = try extents(call, 3, "padding", 0)
        let stride = try extents(call, 4, "stride", 1)
        return try batched(call.x, 2) {
            [$0.unfoldImage(size, dilation: dilation, padding: padding, stride: stride)]
        }
    },
    "nn.functional.interpolate": interpolate,
    "nn.functional.upsample_nearest": { call in
        let x = try call.x
        if let size = try call.optionalInts(1, "size") { return [x.interpolate(size: Extents(size))] }
        return [x.interpolate(scale: try call.double(2, "scale_factor"))]
    },
    "nn.functional.upsample_bilinear": { call in
        let x = try call.x
        if let size = try call.optionalInts(1, "size") {
            return [x.interpolate(size: Extents(size), mode: .bilinear, alignCorners: true)]
        }
        return [x.interpolate(scale: try call.double(2, "scale_factor"), mode: .bilinear, alignCorners: true)]
    },
    "nn.functional.pixel_shuffle": { call in [try call.x.pixelShuffle(call.int(1, "upscale_factor"))] },
    "nn.functional.pixel_unshuffle": { call in [try call.x.pixelUnshuffle(call.int(1, "downscale_factor"))] },
    "nn.functional.channel_shuffle": { call in [try call.x.channelShuffle(groups: call.int(1, "groups"))] },
]
