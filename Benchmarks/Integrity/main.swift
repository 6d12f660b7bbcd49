import Glibc
import Integrity

// Measures digests, the tree, commitments, proofs and signatures, on one thread.

func cpuSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

func grouped(_ number: Double) -> String {
    let digits = String(Int(number))
    return digits.enumerated().reduce(into: "") { text, digit in
        if digit.offset > 0, (digits.count - digit.offset) % 3 == 0 { text += "," }
        text.append(digit.element)
    }
}

/// Repeats for at least a third of a second and prints how many units a CPU-second does. The clock is read rarely: to
/// read the time of a thread is a system call.
func measure(_ name: String, _ unit: String, count: Int, bytes: Int = 0, _ body: () -> Void) {
    let before = cpuSeconds()
    body()
    let between = max(1, Int(0.005 / max(cpuSeconds() - before, 1e-7)))
    let start = cpuSeconds()
    var rounds = 0
    repeat {
        for _ in 0..<between { body() }
        rounds += between
    } while cpuSeconds() - start < 0.35
    let seconds = cpuSeconds() - start
    var line = pad(name, 58) + pad("\(grouped(Double(rounds * count) / seconds)) \(unit)/cpu-s", 34)
    line += pad("\(Int(seconds / Double(rounds * count) * 1e9)) ns", 14)
    if bytes > 0 { line += "\(Int(Double(rounds * count * bytes) / seconds / 1e6)) MB/s" }
    print(line)
}

let random = RandomBytes.system
let memory = random.bytes(1 << 20)

print("digests, many at a time (the path taken here: \(DigestLanes.Path.fastest))")
for path in DigestLanes.Path.allCases {
    let lanes = DigestLanes(path: path)
    let note = path.isNative ? "" : ", not native"
    for size in [126, 600, 1_024] {
        let ranges = (0..<500).map { $0 * size..<($0 + 1) * size }
        var digests: [Digest] = []
        measure("  \(path)\(note): 500 x \(size) B", "digests", count: 500, bytes: size) {
            digests.removeAll(keepingCapacity: true)
            lanes.append(digestsOf: ranges, in: memory.rawBytes, to: &digests)
        }
    }
    let children = (0..<2_000).map { _ in Digest.zero }
    var nodes: [Digest] = []
    measure("  \(path)\(note): 1,000 nodes", "nodes", count: 1_000, bytes: 65) {
        nodes.removeAll(keepingCapacity: true)
        lanes.append(nodesAbove: children.span, to: &nodes)
    }
}
print("digests, one at a time (libcrypto)")
for size in [64, 600] {
    measure("  \(size) B", "digests", count: 1, bytes: size) { _ = Digest(of: memory.rawBytes.extracting(0..<size)) }
}
measure("  HMAC of 600 B", "codes", count: 1, bytes: 600) {
    _ = HMAC(key: memory.rawBytes.extracting(0..<32)).code(for: memory.rawBytes.extracting(0..<600))
}

print("tree")
let leaves = (0..<25_000).map { number in
    Leaf(
        log: ShortID(high: 1, low: 2), sequence: UInt64(number), accepted: 3, happened: 4, source: 5, type: 6,
        rules: ShortID(high: 7, low: 8), schema: 9, event: .zero, content: .zero)
}
var leafBytes: [UInt8] = []
var hashes: [Digest] = []
measure("  write and hash leaves of 126 B", "leaves", count: leaves.count) {
    leafBytes.removeAll(keepingCapacity: true)
    hashes.removeAll(keepingCapacity: true)
    for leaf in leaves { leaf.append(to: &leafBytes) }
    DigestLanes().append(digestsOfEach: Leaf.size, in: leafBytes.rawBytes, prefix: 0x00, to: &hashes)
}
for path in DigestLanes.Path.allCases where path.isNative {
    let lanes = DigestLanes(path: path)
    measure("  hash leaves, build the tree, cut tiles: \(path)", "leaves", count: leaves.count) {
        hashes.removeAll(keepingCapacity: true)
        lanes.append(digestsOfEach: Leaf.size, in: leafBytes.rawBytes, prefix: 0x00, to: &hashes)
        var writer = TileWriter(lanes: lanes)
        _ = writer.append(hashes)
        _ = writer.root
    }
}
var small = TileWriter()
measure("  grow by 10 leaves and take the root", "times", count: 1) {
    _ = small.append(Array(hashes[0..<10]))
    _ = small.root
}

print("commitments: seven groups of 100 B for each record")
let seeds = ContentSeed.many(1_000, random: random)
var batch = ContentBatch()
measure("  add and root", "records", count: 1_000) {
    for (index, seed) in seeds.enumerated() {
        batch.add(seed: seed, in: memory.rawBytes) { group in
            let start = index * 700 + Int(group.rawValue - 1) * 100
            return start..<start + 100
        }
    }
    _ = batch.finishRoots()
}

print("proofs in a tree of 1,000,000 leaves that lies in tiles")
var writer = TileWriter()
var tiles: [TilePlace: Tile] = [:]
for _ in 0..<40 { for tile in writer.append(hashes) { tiles[tile.place] = tile } }
for tile in writer.partialTiles { tiles[tile.place] = tile }
let (size, root) = (writer.size, writer.root)
var index: UInt64 = 0
@MainActor func next() -> UInt64 {
    index = (index &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407)
    return (index >> 20) % size
}
@MainActor func reader() -> TileReader<Never> {
    let tiles = tiles
    return TileReader(size: size) { (place) throws(Never) in tiles[place]! }
}
measure("  make a proof of inclusion, tiles not known yet", "proofs", count: 1) {
    var reader = reader()
    _ = reader.inclusionProof(of: next(), in: size)
}
measure("  make a proof of consistency, tiles not known yet", "proofs", count: 1) {
    var reader = reader()
    _ = reader.consistencyProof(from: next() + 1, to: size)
}
var known = reader()
let place = next()
let inclusion = known.inclusionProof(of: place, in: size)!
let consistency = known.consistencyProof(from: 654_321, to: size)!
let oldRoot = known.root(at: 654_321)
let leaf = known.hash(of: Subtree(level: 0, index: place))
measure("  verify a proof of inclusion (\(inclusion.path.count) hashes)", "proofs", count: 1) {
    precondition(inclusion.proves(leaf, in: root))
}
measure("  verify a proof of consistency (\(consistency.path.count) hashes)", "proofs", count: 1) {
    precondition(consistency.proves(root, continues: oldRoot))
}

print("signatures")
let signer = NoteSigner(name: KeyName("example.com/log")!, secret: Ed25519.SecretKey(random: random))
let checkpoint = Checkpoint(origin: "example.com/log", size: size, root: root)!
var note = checkpoint.note
measure("  sign a checkpoint", "checkpoints", count: 1) { _ = signer.signature(over: note) }
note.add(signer.signature(over: note))
let whole = note.whole
measure("  read and verify a checkpoint", "checkpoints", count: 1) {
    guard let note = try? SignedNote(parsing: whole), (try? note.verify(with: [signer.key])) != nil else {
        fatalError()
    }
}
let proof = LogProof(index: place, path: inclusion.path, note: note).text
measure("  read and verify a proof file", "proofs", count: 1) {
    guard let found = try? LogProof(text: proof),
        (try? found.verify(leaf, origin: "example.com/log", keys: [signer.key])) != nil
    else { fatalError() }
}
measure("  check a password (Argon2id, 64 MiB, two passes)", "checks", count: 1) {
    _ = PasswordHash(of: "password", random: random)
}
