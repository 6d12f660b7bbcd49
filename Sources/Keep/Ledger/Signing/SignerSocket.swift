public import Integrity
public import Platform

/// A signer in another process, seen from here.
public final class RemoteSigner: CheckpointSigner {
    private let path: String

    /// How long an answer may take.
    private static let patience = Timestamp.Span.seconds(10)

    /// - Parameter path: of the signer's socket.
    public init(socket path: String) { self.path = path }

    public func sign(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer] {
        var answers: [SigningAnswer] = []
        // A connection for each call: a signer that was started anew is found without more ado.
        while answers.count < wishes.count {
            let some = Array(wishes[answers.count..<min(answers.count + SigningMessage.mostWishes, wishes.count)])
            answers += try ask(some)
        }
        return answers
    }

    public func keys() throws(SignerUnreachable) -> KeyChain {
        guard let keys = KeyChain(text: String(decoding: try answer(to: SigningMessage.keys), as: UTF8.self)) else {
            throw strange
        }
        return keys
    }

    private func ask(_ wishes: [SigningWish]) throws(SignerUnreachable) -> [SigningAnswer] {
        let reply = try answer(to: SigningMessage.write(wishes))
        guard let answers = SigningMessage.answers(reply), answers.count == wishes.count else { throw strange }
        return answers
    }

    private var strange: SignerUnreachable { SignerUnreachable("what came from \(path) is no answer of a signer") }

    private func answer(to message: [UInt8]) throws(SignerUnreachable) -> [UInt8] {
        let reply: [UInt8]?
        do throws(DiskError) {
            let socket = try LocalSocket.connect(to: path)
            socket.setPatience(Self.patience)
            try socket.send(message)
            reply = try socket.receive()
        } catch {
            throw SignerUnreachable("\(error)")
        }
        guard let reply else { throw strange }
        return reply
    }
}

/// Answers at a socket for a signer that is in this process.
public final class SignerSocket: Sendable {
    private let signer: any CheckpointSigner
    private let socket: LocalSocket
    private let user: UInt32
    private let log: Log

    private static let patience = Timestamp.Span.seconds(10)

    /// - Parameter user: who may ask; the kernel says who does.
    public init(
        at path: String, for user: UInt32, signer: any CheckpointSigner, log: Log
    ) throws(DiskError) {
        socket = try LocalSocket.listen(at: path, everybody: user != LocalSocket.ownUser)
        self.user = user
        self.signer = signer
        self.log = log
    }

    /// Answers until it is over. One after another: there is one who asks.
    ///
    /// - Parameter look: is called several times a second, between two who ask.
    public func run(until isOver: () -> Bool, meanwhile look: () -> Void = {}) {
        while !isOver() {
            look()
            do throws(DiskError) {
                guard let connection = try socket.accept(within: .milliseconds(200)) else { continue }
                connection.setPatience(Self.patience)
                guard try connection.peerUser() == user else {
                    log.warning("somebody else asked for signatures and got none")
                    continue
                }
                while let message = try connection.receive(), let answer = answer(to: message) {
                    try connection.send(answer)
                }
            } catch {
                log.warning("a connection of the signer ended", ("error", "\(error)"))
            }
        }
    }

    /// - Returns: `nil` when there is none, and the connection is at its end.
    private func answer(to message: [UInt8]) -> [UInt8]? {
        do throws(SignerUnreachable) {
            if message == SigningMessage.keys { return Array(try signer.keys().text.utf8) }
            guard let wishes = SigningMessage.wishes(message) else {
                log.warning("a message that is none of the ledger's was not answered")
                return nil
            }
            let answers = try signer.sign(wishes)
            for (wish, answer) in zip(wishes, answers) where answer == .refused {
                log.error(
                    "a checkpoint contradicts what was signed and is not signed",
                    ("origin", .text(wish.checkpoint.origin)), ("size", .number(Int(wish.checkpoint.size))))
            }
            return SigningMessage.write(answers)
        } catch {
            log.error("nothing can be signed", ("error", "\(error)"))
            return nil
        }
    }
}
