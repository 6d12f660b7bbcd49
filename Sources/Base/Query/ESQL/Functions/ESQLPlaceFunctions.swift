import Glibc

/// Functions on places.
enum ESQLPlaceFunctions {
    static let all: [ESQLFunction] = [
        ESQLFunction("ST_X", .point, gives: .double) { if case .point(let x, _) = $0 { .double(x) } else { .null } },
        ESQLFunction("ST_Y", .point, gives: .double) { if case .point(_, let y) = $0 { .double(y) } else { .null } },
        ESQLFunction("ST_DISTANCE", .point, .point, gives: .double) { left, right in
            guard case .point(let leftX, let leftY) = left, case .point(let rightX, let rightY) = right else {
                return .null
            }
            return .double(distance(leftX, leftY, rightX, rightY))
        },
    ]

    /// Along the great circle.
    ///
    /// - Unit: meters.
    /// - Source: the haversine formula, on a sphere with the mean radius of the earth.
    private static func distance(_ leftX: Double, _ leftY: Double, _ rightX: Double, _ rightY: Double) -> Double {
        let radians = Double.pi / 180
        let (latitude1, latitude2) = (leftY * radians, rightY * radians)
        let height = sin((latitude2 - latitude1) / 2)
        let width = sin((rightX - leftX) * radians / 2)
        let share = height * height + cos(latitude1) * cos(latitude2) * width * width
        return 2 * 6_371_008.7714 * asin(min(1, share.squareRoot()))
    }
}
