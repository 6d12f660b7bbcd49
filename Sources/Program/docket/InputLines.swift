import Glibc
import Platform

/// Files and standard input, as bytes.
enum Input {
    /// - Parameter limit: bytes of the whole file.
    static func bytes(_ file: String, limit: Int = 4 << 30) throws(InputError) -> [UInt8] {
        let descriptor = file == "-" ? 0 : unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InputError("cannot open \(file): \(ErrorNumber.text(errno))") }
        defer { if file != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw InputError("cannot read \(file): \(ErrorNumber.text(errno))") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw InputError("\(file) is larger than \(limit) bytes") }
        }
    }
}

struct InputError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
