import Glibc
import Network
import Platform

/// A `docket serve` of its own, on loopback, that ends with the benchmark.
final class Server {
    private let process: pid_t
    private let folder: String
    private let client = HTTPClient()
    /// Where OTLP is.
    static let http = "http://127.0.0.1:14318"
    static let grpcPort: UInt16 = 14317
    private let console = "http://127.0.0.1:18600"

    static func temporaryFolder() -> String? {
        var name = Array("/tmp/docket-bench-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&name) != nil else { return nil }
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// - Returns: `nil` when the command is not beside this program, or does not get ready.
    ///
    /// - Parameter settings: more lines of its configuration.
    init?(folder: String, token: String, settings: String = "") {
        self.folder = folder
        let own = CommandLine.arguments[0]
        let command = String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)]) + "/docket"
        let configuration = "\(folder)/docket.yaml"
        let text = """
            otlp: { http: "127.0.0.1:14318", grpc: "127.0.0.1:14317" }
            console: { address: "127.0.0.1:18600" }

            """ + settings
        do throws(DiskError) {
            try FolderDisk(folder: folder).replace("docket.yaml", with: Array(text.utf8))
        } catch {
            return nil
        }
        unsafe setenv("DOCKET_BOOTSTRAP_TOKEN", token, 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [
            strdup(command), strdup("serve"), strdup("--config"), strdup(configuration), strdup("--data"),
            strdup(folder), nil,
        ]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "\(folder)/log", O_WRONLY | O_CREAT, 0o600)
        var process = pid_t()
        guard unsafe posix_spawn(&process, command, &actions, nil, &arguments, environ) == 0 else { return nil }
        self.process = process
        let deadline = Meter.wallSeconds() + 20
        while (try? client.sendBlocking(HTTPClientRequest(.get, "\(console)/readyz")))?.status != 200 {
            guard Meter.wallSeconds() < deadline else { return nil }
            usleep(20_000)
        }
    }

    /// Until everything that is durable can be found.
    func waitUntilFound() {
        let deadline = Meter.wallSeconds() + 600
        while Meter.wallSeconds() < deadline {
            let page = (try? client.sendBlocking(HTTPClientRequest(.get, "\(console)/metrics")))?.body ?? []
            if String(decoding: page, as: UTF8.self).contains("\ndocket_index_lag_records 0\n") { return }
            usleep(10_000)
        }
    }

    /// The value of a metric.
    func metric(_ name: String) -> Double? {
        let page = (try? client.sendBlocking(HTTPClientRequest(.get, "\(console)/metrics")))?.body ?? []
        return String(decoding: page, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    }

    struct Cost {
        /// CPU-seconds of the threads that take in and write.
        var acknowledging = 0.0
        /// CPU-seconds of all.
        var all = 0.0
        /// Bytes at the most.
        var memory = 0
    }

    func cost() -> Cost {
        var cost = Cost()
        let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
        let tasks = (try? FolderDisk(folder: "/proc/\(process)/task").names()) ?? []
        for task in tasks {
            guard let stat = Self.text("/proc/\(process)/task/\(task)", "stat"), let open = stat.firstIndex(of: "("),
                let close = stat.lastIndex(of: ")")
            else { continue }
            let name = stat[stat.index(after: open)..<close]
            let fields = stat[stat.index(close, offsetBy: 2)...].split(separator: " ")
            let seconds = (Double(fields[11])! + Double(fields[12])!) / tick
            cost.all += seconds
            if name.hasPrefix("http-") || name == "journal" { cost.acknowledging += seconds }
        }
        for line in (Self.text("/proc/\(process)", "status") ?? "").split(separator: "\n") where line.hasPrefix("VmHWM")
        {
            cost.memory = (Int(line.split(separator: " ", omittingEmptySubsequences: true)[1]) ?? 0) << 10
        }
        return cost
    }

    func stop() {
        end()
        Self.remove(folder)
    }

    /// Leaves its data behind.
    func end() {
        kill(process, SIGTERM)
        var status: Int32 = 0
        unsafe waitpid(process, &status, 0)
    }

    /// Bytes of all files below a folder.
    static func size(_ folder: String) -> Int {
        var total = 0
        for name in (try? FolderDisk(folder: folder).names()) ?? [] {
            let path = "\(folder)/\(name)"
            if FolderDisk.isFolder(path) {
                total += size(path)
            } else {
                total += (try? FolderDisk(folder: folder).open(name).size()) ?? 0
            }
        }
        return total
    }

    private static func remove(_ folder: String) {
        for name in (try? FolderDisk(folder: folder).names()) ?? [] {
            let path = "\(folder)/\(name)"
            if FolderDisk.isFolder(path) { remove(path) } else { unsafe unlink(path) }
        }
        unsafe rmdir(folder)
    }

    /// A file of /proc, which has no size.
    private static func text(_ folder: String, _ name: String) -> String? {
        let descriptor = unsafe open("\(folder)/\(name)", O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
            count = unsafe max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
