import CCrypto
import Glibc

/// The memory in which libcrypto computes a digest.
///
/// Fetching the algorithm and making a context cost more than the digest of a short message, so the algorithm is
/// fetched once for the program and a context is made once for each thread.
///
/// - Threads: one at a time for each value.
@safe struct DigestContext {
    // Proof for nonisolated(unsafe): written once before first use; libcrypto never changes a fetched algorithm.
    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        // It fails only where libcrypto was built without SHA-256, or memory is out.
        guard let fetched = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("libcrypto has no SHA-256")
        }
        return unsafe fetched
    }()

    private static let threadKey: pthread_key_t = {
        var key = pthread_key_t()
        let failure = unsafe pthread_key_create(&key) { unsafe EVP_MD_CTX_free(OpaquePointer($0)) }
        precondition(failure == 0, "no room for a value of each thread")
        return key
    }()

    private let context: OpaquePointer

    init() {
        guard let made = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto is out of memory") }
        unsafe context = made
    }

    private init(_ context: OpaquePointer) { unsafe self.context = context }

    /// The context that this thread keeps until it ends. Whoever takes it is done with it before anything waits.
    static var ofThread: DigestContext {
        if let kept = unsafe pthread_getspecific(threadKey) { return unsafe DigestContext(OpaquePointer(kept)) }
        let made = DigestContext()
        unsafe pthread_setspecific(threadKey, UnsafeRawPointer(made.context))
        return made
    }

    func free() { unsafe EVP_MD_CTX_free(context) }

    func begin() {
        let done = unsafe EVP_DigestInit_ex2(context, Self.algorithm, nil)
        precondition(done == 1, "libcrypto could not begin a digest")
    }

    func update(_ bytes: RawSpan) {
        let done = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(done == 1, "libcrypto could not go on with a digest")
    }

    func finish() -> Digest {
        unsafe Digest { out in
            let done = unsafe EVP_DigestFinal_ex(context, out, nil)
            precondition(done == 1, "libcrypto could not finish a digest")
        }
    }

    func digest(of message: RawSpan) -> Digest {
        begin()
        update(message)
        return finish()
    }
}
