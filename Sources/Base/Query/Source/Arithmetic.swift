/// Signs of arithmetic, as EQL and ES|QL write them.
public enum Arithmetic: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"

    /// - Returns: the result, and whether it is none: too large, or a division by zero.
    func whole<Number: FixedWidthInteger>(_ left: Number, _ right: Number) -> (result: Number, isOver: Bool) {
        let (result, isOver) =
            switch self {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            case .multiply: left.multipliedReportingOverflow(by: right)
            case .divide: left.dividedReportingOverflow(by: right)
            case .modulo: left.remainderReportingOverflow(dividingBy: right)
            }
        return (result, isOver)
    }

    func real(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: left.truncatingRemainder(dividingBy: right)
        }
    }

    var divides: Bool { self == .divide || self == .modulo }
}
