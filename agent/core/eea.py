"""The countries of the European Economic Area, by their codes of ISO 3166-1 (agreement of 1992; 27 members and 3)."""

EUROPEAN_UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
EEA = frozenset(EUROPEAN_UNION.split()) | {"IS", "LI", "NO"}
