import CZstd

/// Writes zstd frames (RFC 8878).
///
/// - Threads: one at a time for each value; the context is kept between calls.
@safe public struct ZstandardCompressor: ~Copyable {
    fileprivate let context: OpaquePointer

    /// - Parameter level: 1 (fast) to 19; negative levels are faster still.
    public init(level: Int32 = 1) {
        unsafe context = ZSTD_createCCtx()!
        unsafe _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    }

    deinit { unsafe _ = ZSTD_freeCCtx(context) }

    /// Appends one frame that holds `body` and its size.
    public borrowing func compress(_ body: RawSpan, to out: inout ByteBuffer) {
        let bound = ZSTD_compressBound(body.byteCount)
        unsafe out.append(room: bound) { target in
            let written = unsafe body.withUnsafeBytes { source in
                unsafe ZSTD_compress2(context, target.baseAddress, target.count, source.baseAddress, source.count)
            }
            // With a target of the bound's size it fails only when memory is out.
            precondition(ZSTD_isError(written) == 0, "zstd could not compress")
            return written
        }
    }
}

/// Opens zstd frames.
///
/// - Threads: one at a time for each value.
@safe public struct ZstandardDecompressor: ~Copyable {
    fileprivate let context: OpaquePointer

    public init() { unsafe context = ZSTD_createDCtx()! }

    deinit { unsafe _ = ZSTD_freeDCtx(context) }

    /// The first bytes of a frame, without opening what is behind them and the rest of their block.
    ///
    /// - Parameter count: bytes at the most.
    public borrowing func beginning(of body: RawSpan, count: Int) throws(CompressionError) -> [UInt8] {
        unsafe _ = ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var code = 0
        let out = unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { target, written in
            unsafe body.withUnsafeBytes { source in
                var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: count, pos: 0)
                repeat {
                    let before = unsafe (input.pos, output.pos)
                    code = unsafe ZSTD_decompressStream(context, &output, &input)
                    if unsafe before == (input.pos, output.pos) { break }
                } while unsafe code != 0 && ZSTD_isError(code) == 0 && output.pos < output.size
                written = ZSTD_isError(code) == 0 ? unsafe output.pos : 0
            }
        }
        guard ZSTD_isError(code) == 0 else { throw .malformed }
        return out
    }

    /// - Parameter limit: bytes that may come out.
    public borrowing func decompress(_ body: RawSpan, limit: Int) throws(CompressionError) -> [UInt8] {
        let told = unsafe body.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard told != ZSTD_CONTENTSIZE_ERROR else { throw .malformed }
        if told != ZSTD_CONTENTSIZE_UNKNOWN, told > UInt64(limit) { throw .tooLarge(limit: limit) }
        var room = told == ZSTD_CONTENTSIZE_UNKNOWN ? min(max(body.byteCount * 4, 4_096), limit) : Int(told)
        while true {
            var code = 0
            let out = unsafe [UInt8](unsafeUninitializedCapacity: max(room, 1)) { target, written in
                code = unsafe body.withUnsafeBytes { source in
                    unsafe ZSTD_decompressDCtx(context, target.baseAddress, room, source.baseAddress, source.count)
                }
                written = ZSTD_isError(code) == 0 ? code : 0
            }
            if ZSTD_isError(code) == 0 { return out }
            switch ZSTD_getErrorCode(code) {
            case ZSTD_error_dstSize_tooSmall:
                guard room < limit else { throw .tooLarge(limit: limit) }
                // The size that was told is that of the first frame, which may be empty.
                room = min(max(room * 4, 4_096), limit)
            case ZSTD_error_srcSize_wrong: throw .truncated
            default: throw .malformed
            }
        }
    }
}

/// Bytes that many small texts have in common, so that each of them is small though it stands alone.
///
/// - Threads: any.
@safe public final class ZstandardDictionary: @unchecked Sendable {
    // Proof for @unchecked: libzstd only reads a dictionary once it is made; contexts are made for each call.
    private let compressing: OpaquePointer
    private let opening: OpaquePointer

    /// - Parameter bytes: any content, or a dictionary that was trained.
    public init(_ bytes: [UInt8], level: Int32 = 3) {
        unsafe compressing = ZSTD_createCDict(bytes, bytes.count, level)!
        unsafe opening = ZSTD_createDDict(bytes, bytes.count)!
    }

    deinit {
        unsafe _ = ZSTD_freeCDict(compressing)
        unsafe _ = ZSTD_freeDDict(opening)
    }

    fileprivate func compress(
        _ body: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, _ context: OpaquePointer
    ) -> Int {
        unsafe ZSTD_compress_usingCDict(
            context, target.baseAddress, target.count, body.baseAddress, body.count, compressing)
    }

    fileprivate func open(
        _ body: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, _ context: OpaquePointer
    ) -> Int {
        unsafe ZSTD_decompress_usingDDict(
            context, target.baseAddress, target.count, body.baseAddress, body.count, opening)
    }
}

extension ZstandardCompressor {
    /// Appends one frame that only who has the dictionary can open.
    public borrowing func compress(_ body: RawSpan, with dictionary: ZstandardDictionary, to out: inout ByteBuffer) {
        unsafe out.append(room: ZSTD_compressBound(body.byteCount)) { target in
            let written = unsafe body.withUnsafeBytes { unsafe dictionary.compress($0, to: target, context) }
            // With a target of the bound's size it fails only when memory is out.
            precondition(ZSTD_isError(written) == 0, "zstd could not compress")
            return written
        }
    }
}

extension ZstandardDecompressor {
    /// Opens one frame that was made with a dictionary and says its size.
    ///
    /// - Parameter limit: bytes that may come out.
    public borrowing func decompress(
        _ body: RawSpan, with dictionary: ZstandardDictionary, limit: Int
    ) throws(CompressionError) -> [UInt8] {
        let told = unsafe body.withUnsafeBytes { unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard told != ZSTD_CONTENTSIZE_ERROR, told != ZSTD_CONTENTSIZE_UNKNOWN else { throw .malformed }
        guard told <= UInt64(limit) else { throw .tooLarge(limit: limit) }
        var code = 0
        let out = unsafe [UInt8](unsafeUninitializedCapacity: max(Int(told), 1)) { target, written in
            code = unsafe body.withUnsafeBytes { source in
                let room = unsafe UnsafeMutableRawBufferPointer(start: target.baseAddress, count: Int(told))
                return unsafe dictionary.open(source, to: room, context)
            }
            written = ZSTD_isError(code) == 0 ? code : 0
        }
        guard ZSTD_isError(code) == 0 else { throw .malformed }
        return out
    }

    /// Opens frames one behind the other, one at a time.
    ///
    /// - Parameter limit: bytes that may come out of each.
    public borrowing func eachFrame<Failure: Error>(
        of body: RawSpan, limit: Int, _ use: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> CompressionError? {
        var place = 0
        while place < body.byteCount {
            let rest = body.extracting(place..<body.byteCount)
            let size = unsafe rest.withUnsafeBytes { unsafe ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
            guard ZSTD_isError(size) == 0, size > 0, size <= rest.byteCount else { return .malformed }
            let opened: [UInt8]
            do throws(CompressionError) {
                opened = try decompress(rest.extracting(0..<size), limit: limit)
            } catch {
                return error
            }
            try use(opened)
            place += size
        }
        return nil
    }
}
