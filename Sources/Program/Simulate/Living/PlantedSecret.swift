/// Something that must not be kept. It opens nothing anywhere.
struct PlantedSecret: Sendable, Equatable {
    /// As it stands in a text.
    let text: String
    /// The part of it of which nothing may be left.
    let core: String

    init(_ draws: inout Draws) {
        let word = Self.word(36, &draws)
        switch draws.number(below: 4) {
        case 0: (text, core) = ("ghp_\(word)", word)
        case 1:
            let secret = String(word.prefix(20))
            (text, core) = ("postgres://app:\(secret)@db.example.com/orders", secret)
        case 2:
            let secret = String(word.prefix(24))
            (text, core) = ("SERVICE_PASSWORD=\(secret)", secret)
        default:
            let number = Self.card(&draws)
            (text, core) = (number, number)
        }
    }

    private static func word(_ count: Int, _ draws: inout Draws) -> String {
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        // A digit and a capital are always there, so that no detector takes it for a word.
        return String((0..<count).map { $0 == 1 ? "7" : $0 == 2 ? "Q" : draws.one(of: letters) })
    }

    /// The number of a card, with its check digit.
    private static func card(_ draws: inout Draws) -> String {
        var digits = [4, 5, 3, 9] + (0..<11).map { _ in draws.number(below: 10) }
        var sum = 0
        for (place, digit) in digits.enumerated() {
            let weighed = place % 2 == 0 ? digit * 2 : digit
            sum += weighed > 9 ? weighed - 9 : weighed
        }
        digits.append((10 - sum % 10) % 10)
        return digits.map(String.init).joined()
    }
}
