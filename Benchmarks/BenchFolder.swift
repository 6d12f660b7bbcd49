import Glibc

/// A folder that goes away with the value, on a disk where nothing else says so.
final class BenchFolder {
    let path: String

    init(_ name: String) {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/var/tmp"
        path = "\(parent)/docket-bench-\(name)-\(getpid())"
    }

    deinit { Self.remove(path) }

    private static func remove(_ folder: String) {
        guard let handle = unsafe opendir(folder) else { return }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            names.append(
                unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                })
        }
        unsafe _ = closedir(handle)
        for name in names where name != "." && name != ".." {
            if unsafe unlink("\(folder)/\(name)") != 0 { remove("\(folder)/\(name)") }
        }
        unsafe rmdir(folder)
    }
}
