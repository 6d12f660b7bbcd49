extension DuckDBDialect {
    /// Statements that define the functions which the SQL of this dialect calls.
    ///
    /// They are temporary macros: each connection runs these statements once, also one that may not write.
    public static let functions = [
        """
        -- The values in the JSON text of an open attribute, as texts; null gives none that a test can hold for.
        CREATE OR REPLACE TEMP MACRO docket_texts(json) AS
            CASE WHEN starts_with(json, '[') THEN json_extract_string(json, '$[*]')
                 ELSE [json_extract_string(json, '$')] END
        """,
        """
        -- The words of a text with one space before, between and behind them.
        CREATE OR REPLACE TEMP MACRO docket_words(text) AS
            ' ' || regexp_replace(lower(text), '[^\\p{L}\\p{M}\\p{N}_]+', ' ', 'g') || ' '
        """,
        """
        -- A text that is a number as JSON writes it; NULL for any other.
        CREATE OR REPLACE TEMP MACRO docket_number(text) AS
            CASE WHEN regexp_full_match(text, '-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?')
                 THEN TRY_CAST(text AS DOUBLE) END
        """,
        """
        -- The groups of one half of an IPv6 address, four digits each.
        CREATE OR REPLACE TEMP MACRO docket_ip_groups(half) AS
            array_to_string([lpad(part, 4, '0') for part in string_split(half, ':') if part <> ''], '')
        """,
        """
        -- An address in canonical text as 32 hexadecimal digits, which sort as addresses do.
        CREATE OR REPLACE TEMP MACRO docket_ip(text) AS
            CASE WHEN contains(text, ':')
                 THEN docket_ip_groups(split_part(text, '::', 1))
                      || repeat('0', 32 - length(docket_ip_groups(split_part(text, '::', 1)))
                                        - length(docket_ip_groups(split_part(text, '::', 2))))
                      || docket_ip_groups(split_part(text, '::', 2))
                 ELSE '00000000000000000000ffff'
                      || printf('%02x', TRY_CAST(split_part(text, '.', 1) AS UTINYINT)::INTEGER)
                      || printf('%02x', TRY_CAST(split_part(text, '.', 2) AS UTINYINT)::INTEGER)
                      || printf('%02x', TRY_CAST(split_part(text, '.', 3) AS UTINYINT)::INTEGER)
                      || printf('%02x', TRY_CAST(split_part(text, '.', 4) AS UTINYINT)::INTEGER) END
        """,
    ]
}
