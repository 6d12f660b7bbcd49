/// How far two names are apart, for "did you mean".
public enum Nearness {
    /// The fewest single mistakes that turn one name into the other: a letter too many, missing, wrong,
    /// or two neighbors swapped.
    ///
    /// - Source: optimal string alignment, as described under *Damerau–Levenshtein distance*.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var older: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let change = previous[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(previous[column + 1] + 1, current[column] + 1, change)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, older[column - 1] + 1)
                }
                current.append(best)
            }
            (older, previous) = (previous, current)
        }
        return previous[right.count]
    }

    /// The name that was probably meant.
    ///
    /// - Returns: `nil` when nothing is near: more than a fifth of the letters would have to change.
    public static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let limit = max(1, name.utf8.count / 5)
        var best: (name: String, distance: Int)?
        for candidate in names where abs(candidate.utf8.count - name.utf8.count) <= limit {
            let found = distance(name, candidate)
            if found <= limit, found < best?.distance ?? .max { best = (candidate, found) }
        }
        return best?.name
    }
}
