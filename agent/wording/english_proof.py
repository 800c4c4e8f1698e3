"""English of what a report proves and what it does not, by its French."""

from agent.wording import proof as words

PROOF = {
    words.SIGNED: "Days (UTC) of the quarter that are closed by a signature: {signed}.",
    words.NO_OTHER: (
        "No witness and no timestamp is declared: beside the provider, only digests that you may have received would"
        " attest these days."
    ),
    words.IN_TIME: "In time: by the end (UTC) of the day after.",
    words.NO_AUDIT: "No audit by random draws was made during the quarter.",
    words.COUNTED: (
        "The days counted in this report follow from rows of the ledger that the evidence bundle holds: beffroi"
        " evidence verify counts again from these alone. With the file of figures it counts the rates as well, and what"
        " falls due by event (tests, scans, incidents, breaches, departures, restores)."
    ),
    words.DERIVED: (
        "What the ledger keeps for the beneficiary of what was seen (backups, updates, protection, logs) is in the"
        " evidence bundle: the same command derives the days from it again, and says which it cannot derive."
    ),
    words.UNCHANGED: (
        "A row of a signed day that was changed, removed or added by someone who does not hold the ledger's key would"
        " show."
    ),
    words.ONE_VERSION: (
        "Of {days} of the {signed} signed days, one checkpoint admits one version only: under that checkpoint not"
        " even the holder of the key can show another."
    ),
    words.DOCUMENTS: (
        "This page and the tables have their digest in the signed bundle; a PDF has its own there only if it was made"
        " together with them."
    ),
    words.WITNESSED: (
        "A day that a witness cosigned in time was not made anew since, even by the holder of the key, as long as the"
        " witness does not collude."
    ),
    words.STAMPED: "A day that was stamped in time existed as it is at the time of the token.",
    words.AUDITED: "What an audit drew and read back was present on the copy on that day.",
    words.NOT_TRUE: (
        "That what was recorded on the day was correct: the proof shows that nothing changed since, not that it was"
        " true."
    ),
    words.NOT_ATTESTED: (
        "That {days} of the {signed} signed days were not made anew by the holder of the key: no one else attested them"
        " in time."
    ),
    words.NOT_SHOWN_ALIKE: (
        "That another reader received the same ledger: compare your checkpoints, or ask a witness."
    ),
    words.NOT_ONE_VERSION: (
        "That the holder of the key did not sign two versions of {days} of the {signed} signed days, which an earlier"
        " version of the program closed: only two bundles beside each other show it."
    ),
    words.NOT_AUDITED: "That what no audit read back is intact on the copy.",
    words.NOT_ITS_AUTHOR: "Who made an entry: its author is the one that is declared.",
    words.ADDED_UP: (
        "This report adds up the ledgers of {agents} and the entries of the centre. Each finding is a row of its"
        " agent's ledger, to which the agent only adds."
    ),
    words.NEVER_HEARD: (
        "Nothing ever came of {number}{which}: what was to be watched there is not known to the centre, and is not"
        " counted in this report."
    ),
    words.AT_AGENTS: (
        "The centre hands out no evidence bundle: that of each agent proves its own days and is verified offline. It is"
        " made on the agent's machine, by this command."
    ),
    words.LATE_ROWS: (
        "Late evidence: days on which the centre knew nothing new of the agent for a while, and whose rows came within"
        " seven days. They are counted, and marked."
    ),
    words.LOST_ROWS: (
        "Nothing received: days whose rows did not come, or came after seven days. What the agent may have seen met"
        " then stays unproven."
    ),
    words.FOLLOWED: (
        "Each row that was received follows the one before it, and its content is the one of its digest: the centre"
        " recomputed it on arrival. A row rewritten in the database since would have been seen."
    ),
    words.ADDED_RIGHTLY: "The last state of each ledger is the one whose digest the table has.",
    "Registres additionnés dans ce rapport": "Ledgers that this report adds up",
    "Logiciel de mesure": "Agent",
    "logiciel de mesure": "agent",
    "logiciel de mesure déclaré": "declared agent",
    "logiciels de mesure déclarés": "declared agents",
    "logiciels de mesure": "agents",
    "Lignes lues": "Rows read",
    "Journées signées": "Signed days",
    "Preuve tardive": "Late evidence",
    "Sans nouvelles": "Nothing received",
    "À jour": "Up to date",
    "logiciel {number}": "agent {number}",
    "Qui d'autre atteste les journées du trimestre": "Who else attests the quarter's days",
    "Attestant": "Attested by",
    "Moyen": "Means",
    "À temps": "In time",
    "Plus tard": "Later",
    "Jamais": "Never",
    "contresignature d'un témoin": "cosignature of a witness",
    "horodatage (RFC 3161)": "timestamp (RFC 3161)",
    "{by} (clé {number})": "{by} (key {number})",
    "{days} sur {all}": "{days} of {all}",
    "Audits par tirage au sort": "Audits by random draws",
    "Copie": "Copy",
    "Jour": "Day",
    "Tirages": "Draws",
    "Octets relus": "Bytes read back",
    "Résultat": "Result",
}
