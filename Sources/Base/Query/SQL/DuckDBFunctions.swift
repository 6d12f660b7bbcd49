extension DuckDBDialect {
    /// Statements that define the functions which the SQL of this dialect calls, but for ``natives``.
    ///
    /// They are temporary macros: each connection runs these statements once, also one that may not write.
    public static let functions = [
        """
        -- The words of a text with one space before, between and behind them.
        CREATE OR REPLACE TEMP MACRO docket_words(text) AS
            ' ' || regexp_replace(lower(text), '[^\\p{L}\\p{M}\\p{N}_]+', ' ', 'g') || ' '
        """
    ]

    /// Functions that the engine must have besides: SQL cannot say them, or only slowly.
    public enum Native: String, Sendable, CaseIterable {
        /// `docket_members(json VARCHAR, name VARCHAR, pattern VARCHAR) -> VARCHAR[]`: the values of
        /// ``LeafReader`` in JSON of this name; the pattern is that of ``NamePattern/text``.
        case members = "docket_members"
        /// `docket_attributes(rest MAP(VARCHAR, VARCHAR), pattern VARCHAR) -> VARCHAR[]`: the same for all
        /// open attributes.
        case attributes = "docket_attributes"
        /// `docket_ip(text VARCHAR) -> VARCHAR`: ``TextFunctions/address(_:)``; NULL for what is none.
        case address = "docket_ip"
        /// `docket_number(text VARCHAR) -> DOUBLE`: ``TextFunctions/number(_:)``
        case number = "docket_number"
        /// `docket_moment(text VARCHAR) -> TIMESTAMP_NS`: ``TextFunctions/moment(_:)``
        case moment = "docket_moment"
    }
}
