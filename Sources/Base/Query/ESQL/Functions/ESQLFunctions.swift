/// All functions that a query may call, but for aggregates.
enum ESQLFunctions {
    /// By name and alias, in capitals.
    static let named: [String: ESQLFunction] = {
        var named: [String: ESQLFunction] = [:]
        for function in all { for name in [function.name] + function.aliases { named[name] = function } }
        return named
    }()

    static let all: [ESQLFunction] =
        ESQLTextFunctions.all + ESQLEncodingFunctions.all + ESQLNumberFunctions.all + ESQLDateFunctions.all
        + ESQLAddressFunctions.all + ESQLConversionFunctions.all + ESQLConditionalFunctions.all
        + ESQLMultiValueFunctions.all + ESQLPlaceFunctions.all

    /// Whether it is a call of a function that makes groups, and stands behind `BY` alone.
    static func isGrouping(_ expression: ESQLExpression) -> Bool {
        guard case .function(let name, _) = expression.form else { return false }
        return ["BUCKET", "BIN", "TBUCKET"].contains(name.text.uppercased())
    }
}
