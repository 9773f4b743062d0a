import Foundation
import Testing

/// The page that leads from other libraries' names to ours.
@Suite struct NamesFromElsewhereTests {
    /// A row of a table: what is called so elsewhere, and what it is here.
    private struct Row {
        let elsewhere: String
        let here: String
    }

    private static let page =
        (try? String(
            contentsOf: CatalogTests.sources.appending(path: "Apus/Apus.docc/NamesFromElsewhere.md"),
            encoding: .utf8)) ?? ""

    private static let rows = page.matches(of: /^\| (.+?) \| (.+) \|$/.anchorsMatchLineEndings())
        .map { Row(elsewhere: String($0.1), here: String($0.2)) }

    /// The names of all public declarations.
    private static let declared = {
        var names = Set<String>()
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: CatalogTests.sources.path)) ?? []
        for file in files where file.hasSuffix(".swift") && !file.hasPrefix("ApusKernels/") {
            let url = CatalogTests.sources.appending(path: file)
            guard let text = try? String(contentsOf: url, encoding: .utf8) else { continue }
            let declaration =
                /\b(?:public|open) (?:(?:static|final|class|mutating|internal\(set\)|private\(set\)) )*(?:func|var|let|class|struct|enum|protocol|typealias) `?(\w+)/
            names.formUnion(text.matches(of: declaration).map { String($0.1) })
            for cases in text.matches(of: /^ +case ([a-z]\w*)/.anchorsMatchLineEndings()) {
                names.insert(String(cases.1))
            }
        }
        return names
    }()

    /// The code between backticks, without argument labels.
    private static func code(_ text: String) -> [String] {
        text.matches(of: /`+([^`]+)`+/).map { String($0.1) }
    }

    private static func identifiers(_ code: String) -> [String] {
        code.matches(of: /[A-Za-z_]\w*(:?)/).filter { $0.1.isEmpty }.map { String($0.0) }
    }

    @Test func thePageIsFound() {
        #expect(Self.rows.count > 100 && Self.declared.count > 900)
    }

    /// Variables and Swift's own words aside, all that the right column mentions is declared.
    @Test func everyNameOfOursExists() {
        let variables: Set = [
            "x", "y", "a", "b", "n", "let", "true", "weight", "indices", "index", "value", "mask", "model",
            "device", "layer", "Apus",
        ]
        for row in Self.rows where row.here != "in Apus" {
            let unknown = Self.code(row.here).flatMap(Self.identifiers).filter {
                !Self.declared.contains($0) && !variables.contains($0) && $0 != "init" && $0 != "property"
            }
            #expect(unknown == [], "\(row.elsewhere)")
        }
    }

    /// Each usual name is one of ours as Swift writes it, or leads to one, or is said to be missing.
    @Test func usualNamesLeadSomewhere() throws {
        let absent = try #require(Self.page.components(separatedBy: "### What there is not").last)
        let mentioned = Set(
            (Self.rows.map(\.elsewhere) + [absent]).flatMap(Self.code).flatMap { code in
                [code, String(code.split(separator: ".").last ?? "")]
            })
        let lost = Self.usual.split(whereSeparator: \.isWhitespace).map(String.init).filter { name in
            let words = name.split(separator: "_")
            let ours = words.dropFirst().reduce(String(words[0])) {
                $0 + $1.prefix(1).uppercased() + $1.dropFirst()
            }
            return !mentioned.contains(name) && !Self.declared.contains(ours)
        }
        #expect(lost == [])
    }

    private static let usual = """
        tensor array asarray from_numpy empty zeros ones full zeros_like ones_like full_like empty_like
        arange linspace logspace eye identity diag tri tril triu meshgrid randn rand randint randperm normal
        uniform bernoulli multinomial manual_seed truncated_normal categorical item tolist numpy numel ndim
        shape dtype device clone copy astype float half long double to cpu cuda data_ptr is_contiguous
        contiguous stride view reshape ravel flatten squeeze unsqueeze expand_dims expand broadcast_to
        repeat tile repeat_interleave swapaxes transpose permute movedim moveaxis cat concat concatenate
        stack hstack vstack dstack split chunk unbind unstack roll flip flipud fliplr rot90 pad unfold fold
        index_select gather scatter scatter_add index_add index_put_ take take_along_axis take_along_dim
        put_along_axis masked_fill masked_select boolean_mask where nonzero argwhere one_hot to_categorical
        clip clamp searchsorted bucketize digitize unique add sub subtract mul multiply div divide
        true_divide floor_divide remainder fmod mod neg negative pow power abs absolute sign sqrt rsqrt
        square exp exp2 expm1 log log2 log10 log1p sin cos tan asin acos atan arcsin arccos arctan atan2
        arctan2 sinh cosh tanh asinh acosh atanh arcsinh sigmoid erf floor ceil round trunc fix frac
        reciprocal hypot lerp addcmul addcdiv maximum minimum fmax fmin logaddexp real imag conj angle polar
        complex view_as_real view_as_complex isnan isinf isfinite nan_to_num eq ne lt le gt ge equal
        not_equal less less_equal greater greater_equal allclose isclose logical_and logical_or logical_not
        logical_xor bitwise_and bitwise_or bitwise_xor bitwise_not sum prod mean std var max min amax amin
        argmax argmin any all cumsum cumprod cummax cummin logsumexp norm median quantile mode nansum
        nanmean count_nonzero sort argsort topk kthvalue histc bincount diff reduce_sum reduce_mean matmul
        mm bmm dot mv outer inner kron tensordot einsum addmm baddbmm det slogdet inv pinv svd qr eigh
        cholesky solve lstsq solve_triangular matrix_power trace cross lu ifft rfft irfft fft2 fftn stft
        istft fftfreq fftshift hann_window hamming_window relu gelu silu swish elu selu celu leaky_relu
        prelu softplus softmax log_softmax mish hardswish hardsigmoid hardtanh glu softsign tanhshrink
        dropout linear bilinear embedding conv1d conv2d conv3d conv_transpose2d max_pool2d avg_pool2d
        adaptive_avg_pool2d interpolate upsample pixel_shuffle batch_norm layer_norm group_norm
        instance_norm rms_norm local_response_norm cross_entropy nll_loss mse_loss l1_loss smooth_l1_loss
        huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div cosine_similarity
        triplet_margin_loss requires_grad_ requires_grad backward grad no_grad enable_grad inference_mode
        stop_gradient detach register_hook value_and_grad gradcheck custom_gradient GradientTape
        set_detect_anomaly autocast vmap jvp hessian jacobian clip_grad_norm_ Module Sequential ModuleList
        ModuleDict Parameter Linear Dense Conv2d Conv2D ConvTranspose2d Conv2DTranspose DepthwiseConv2D
        SeparableConv2D BatchNorm2d BatchNormalization LayerNorm LayerNormalization GroupNorm InstanceNorm2d
        Dropout Flatten ReLU LeakyReLU Embedding LSTM GRU MultiheadAttention MaxPool2d MaxPooling2D
        AvgPool2d AveragePooling2D GlobalAveragePooling2D AdaptiveAvgPool2d Upsample UpSampling2D
        ZeroPadding2d Identity Softmax CrossEntropyLoss MSELoss forward train eval named_parameters
        parameters trainable_variables state_dict load_state_dict register_buffer buffers
        register_forward_hook xavier_uniform_ kaiming_normal_ orthogonal_ GlorotUniform HeNormal Adam AdamW
        SGD RMSprop zero_grad CosineAnnealingLR StepLR ReduceLROnPlateau Dataset DataLoader TensorDataset
        random_split save load save_file load_file fit evaluate predict set_num_threads
        get_num_threads memory_allocated max_memory_allocated empty_cache set_default_device script deepcopy
        save_weights load_weights set_memory_limit default_rng fork_rng get_rng_state set_rng_state
        """
}
