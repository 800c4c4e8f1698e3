"""The words of what a beneficiary is mailed: the report on a quarter, and a month's signed heads."""

from collections.abc import Sequence

from agent.core.period import Month, Quarter
from agent.wording.languages import Language, Words
from agent.wording.quantities import MONTHS

REPORT = Words(
    fr="Rapport trimestriel de sécurité informatique, {quarter}, édition {edition}",
    en="Quarterly IT security report, {quarter}, edition {edition}",
)
REPORT_BODY = Words(
    fr="""Madame, Monsieur,

Vous trouverez ci-joint le rapport trimestriel de sécurité informatique ({beneficiary}) : {quarter}, édition {edition}.

{attached}

Empreinte de la clé du logiciel de mesure : {fingerprint}
Comparez-la à celle qui vous a été remise par une autre voie : elle seule dit qui a signé. Le dossier de preuves se
vérifie hors ligne, sans rien demander au prestataire :

    beffroi evidence verify {evidence} --fingerprint {fingerprint}

Le rapport contient une annexe à diffusion restreinte (machines, comptes, personnes) ; une version communicable peut
vous être remise sur demande.

Message envoyé par beffroi, sans intervention humaine.
""",
    en="""Dear reader,

Attached is the quarterly IT security report made for {beneficiary}: {quarter}, edition {edition}. It is the French
text; a page whose name ends in -en is its translation.

{attached}

Fingerprint of the agent's key: {fingerprint}
Compare it with the one that was handed to you by another way: it alone tells who signed. The evidence can be verified
offline, without asking the provider:

    beffroi evidence verify {evidence} --fingerprint {fingerprint}

The report has an annex with restricted access (machines, accounts, persons); a version that may be passed on can be
asked for.

Sent by beffroi, by itself.
""",
)
# Of a report that adds up the ledgers of a fleet: its proofs are the bundles of its agents.
FLEET_BODY = Words(
    fr="""Madame, Monsieur,

Vous trouverez ci-joint le rapport trimestriel de sécurité informatique ({beneficiary}) : {quarter}, édition {edition}.
Il additionne les constats de tous les logiciels de mesure qui surveillent le service.

{attached}

Le rapport nomme chaque logiciel de mesure, l'empreinte de sa clé et la commande qui donne son dossier de preuves ;
comparez ces empreintes à celles qui vous ont été remises par une autre voie : elles seules disent qui a signé.

Le rapport contient une annexe à diffusion restreinte (machines, comptes, personnes) ; une version communicable peut
vous être remise sur demande.

Message envoyé par beffroi, sans intervention humaine.
""",
    en="""Dear reader,

Attached is the quarterly IT security report made for {beneficiary}: {quarter}, edition {edition}. It is the French
text, and adds up what all agents that watch the service have seen; a page whose name ends in -en is its translation.

{attached}

The report names each agent, the fingerprint of its key and the command that makes its evidence bundle. Compare these
fingerprints with those that were handed to you by another way: they alone tell who signed.

The report has an annex with restricted access (machines, accounts, persons); a version without it can be asked for.

Sent by beffroi, by itself.
""",
)
# In a letter in French; the English one always says it.
TRANSLATED = "La page dont le nom se termine par -en est une traduction ; le texte français fait foi."
LEFT_OUT = Words(
    fr="{name} n'est pas joint, sa taille ({size} Mo) dépassant ce qu'un courriel peut porter : demandez-le.",
    en="{name} is not attached, being larger ({size} MB) than a mail can carry: ask for it.",
)
HEADS = Words(fr="Empreintes journalières des preuves, {month}", en="Daily digests of the evidence, {month}")
HEADS_BODY = Words(
    fr="""Madame, Monsieur,

Conservez ce message. Le fichier joint contient, pour chaque journée signée de {month}, l'empreinte du registre des
preuves du logiciel qui surveille le service rendu au bénéficiaire ({beneficiary}). {told}

Une ligne du registre qui serait modifiée, retirée ou ajoutée après cet envoi ne correspondrait plus à ces empreintes.
Les mêmes empreintes se trouvent dans le dossier de preuves du rapport trimestriel ; une fois celui-ci décompressé, et
le fichier joint placé à côté, cette commande compte les journées de ce mois dont l'empreinte concorde (« ok »), et
affiche toute empreinte qui ne concorde pas. Sans aucun « ok », rien n'a été comparé :

    {command}

{checkpoint}Empreinte de la clé du logiciel de mesure : {fingerprint}

Message envoyé par beffroi, sans intervention humaine.
""",
    en="""Dear reader,

Keep this message. The file attached holds, for each signed day of {month}, the digest of the evidence kept by the
agent that watches the service for {beneficiary}. {told}

A row that was changed, removed or added after this was sent would no longer match these digests. The same ones stand
in the evidence that comes with the quarterly report; once it is unpacked, and the file attached lies beside, this
command counts the days of this month whose digest agrees (“ok”), and prints each digest that does not. Without any
“ok”, nothing was compared:

    {command}

{checkpoint}Fingerprint of the agent's key: {fingerprint}

Sent by beffroi, by itself.
""",
)
CHECKPOINT = Words(
    fr="""Le second fichier, {name}, porte l'empreinte signée de tout le registre au jour de cet envoi. Présentez-le au
prestataire quand vous le souhaitez ; cette commande montre si le registre en est bien la suite, sans réécriture :

    beffroi ledger verify --checkpoint {name}

""",
    en="""The second file, {name}, holds the signed digest of the whole ledger on the day of this letter. Present it to
the provider when you wish; this command shows whether the ledger continues it, with nothing rewritten:

    beffroi ledger verify --checkpoint {name}

""",
)
SIGNED = Words(fr="Journées signées : {count} sur {days}.", en="Days signed: {count} of {days}.")
NONE_SIGNED = Words(
    fr="Aucune journée de ce mois n'est signée : le logiciel de mesure n'a rien enregistré, et rien de ce mois n'est "
    "démontré.",
    en="No day of this month is signed: the agent recorded nothing, and nothing of this month is shown.",
)


def month_named(month: Month, language: Language) -> str:
    """Return a month in words, such as «octobre 2026»."""
    return f"{MONTHS[language].split()[month.number - 1]} {month.year}"


def quarter_named(quarter: Quarter, language: Language) -> str:
    """Return a quarter in words, such as «4e trimestre 2026»."""
    if language == "en":
        return f"quarter {quarter.number} of {quarter.year}"
    return f"{'1er' if quarter.number == 1 else f'{quarter.number}e'} trimestre {quarter.year}"


def listed(files: Sequence[tuple[str, str]]) -> str:
    """Return the files that are attached and the SHA-256 of each, a line for each."""
    return "\n".join(f"- {name}\n  SHA-256 {digest}" for name, digest in files)
