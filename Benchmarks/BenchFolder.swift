import Glibc

/// A folder that goes away with the value, on a disk where nothing else says so.
final class BenchFolder {
    let path: String

    init(_ name: String) {
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/var/tmp"
        path = "\(parent)/docket-bench-\(name)-\(getpid())"
    }

    deinit { Self.remove(path) }

    /// All files in a folder and in those within it.
    static func files(below folder: String) -> [(name: String, bytes: Int)] {
        names(in: folder).flatMap { name -> [(name: String, bytes: Int)] in
            var about = stat()
            let path = "\(folder)/\(name)"
            guard unsafe stat(path, &about) == 0 else { return [] }
            return about.st_mode & S_IFMT == S_IFDIR ? files(below: path) : [(path, Int(about.st_size))]
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let handle = unsafe opendir(folder) else { return [] }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            names.append(
                unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                })
        }
        unsafe _ = closedir(handle)
        return names.filter { $0 != "." && $0 != ".." }
    }

    private static func remove(_ folder: String) {
        for name in names(in: folder) {
            if unsafe unlink("\(folder)/\(name)") != 0 { remove("\(folder)/\(name)") }
        }
        unsafe rmdir(folder)
    }
}
