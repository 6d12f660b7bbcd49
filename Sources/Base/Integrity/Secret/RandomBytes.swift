import Glibc

/// The door through which chance comes in.
///
/// Keys, tokens and salts are drawn here. A test passes bytes of its own; the program passes ``system``.
public struct RandomBytes: Sendable {
    private let fill: @Sendable (_ room: inout MutableRawSpan) -> Void

    public init(fill: @escaping @Sendable (_ room: inout MutableRawSpan) -> Void) { self.fill = fill }

    public func fill(_ room: inout MutableRawSpan) { fill(&room) }

    public func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var room = bytes.mutableSpan
        var rawRoom = unsafe room.mutableBytes
        fill(&rawRoom)
        return bytes
    }

    /// The kernel's generator. It waits at most once in the life of a machine, shortly after the first start.
    public static let system = RandomBytes { room in
        unsafe room.withUnsafeMutableBytes { target in
            // The call gives 256 bytes at most.
            for start in stride(from: 0, to: target.count, by: 256) {
                let count = min(256, target.count - start)
                let failure = unsafe getentropy(target.baseAddress! + start, count)
                // Going on with bytes that somebody could guess would be worse than to stop.
                precondition(failure == 0, "the kernel gives no random bytes")
            }
        }
    }
}
