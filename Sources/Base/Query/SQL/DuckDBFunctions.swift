extension DuckDBDialect {
    /// Statements that define the functions which the SQL of this dialect calls, but for ``natives``.
    ///
    /// They are run once for a database; all of its connections have the functions then.
    public static let functions = [
        """
        -- The words of a text with one space before, between and behind them.
        CREATE OR REPLACE MACRO docket_words(text) AS
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
        /// `docket_objects(json VARCHAR, name VARCHAR, path VARCHAR) -> VARCHAR[]`: the objects of
        /// ``ObjectPath/objects(in:called:at:)``, each as JSON.
        case objects = "docket_objects"
        /// `docket_attribute_objects(rest MAP(VARCHAR, VARCHAR), path VARCHAR) -> VARCHAR[]`: the same for all open
        /// attributes.
        case attributeObjects = "docket_attribute_objects"
        /// `docket_ip(text VARCHAR) -> VARCHAR`: ``TextFunctions/address(_:)``; NULL for what is none.
        case address = "docket_ip"
        /// `docket_number(text VARCHAR) -> DOUBLE`: ``TextFunctions/number(_:)``
        case number = "docket_number"
        /// `docket_moment(text VARCHAR) -> TIMESTAMP_NS`: ``TextFunctions/moment(_:)``
        case moment = "docket_moment"
    }
}
