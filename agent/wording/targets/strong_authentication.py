"""strong-authentication: what is said of it (convention, article 5)."""

from agent.core.reason import Reason
from agent.wording.entries import Frame, ReasonWords, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.access import AUTHENTICATION

TARGET = TargetWords(
    title=Words(fr="Authentification forte", en="Strong authentication"),
    says=Words(
        fr="Authentification forte pour tout compte d'administration et toute connexion à distance (article 5).",
        en="Strong authentication for every administrator account and every remote connection (article 5).",
    ),
    measured=Words(
        fr="Part des couples compte et chemin d'accès où un mot de passe seul ne suffit jamais.",
        en="Share of pairs of account and access path on which a password alone is never enough.",
    ),
    mend=Words(
        fr="Imposer une clé, un certificat ou un second facteur sur le chemin nommé.",
        en="Require a key, a certificate or a second factor on the path named.",
    ),
    frame=Frame(
        iso=Words(
            fr="8.5 authentification sécurisée ; 5.17 ; 8.2 ; 6.7", en="8.5 secure authentication; 5.17; 8.2; 6.7"
        ),
        anssi=Words(fr="13 authentification forte ; 8", en="13 strong authentication; 8"),
        cnil=Words(fr="fiche 4", en="sheet 4"),
    ),
    held=Words(
        fr="aucun accès surveillé ne s'ouvrait avec un simple mot de passe",
        en="no watched access opened with a password alone",
    ),
    phrases=AUTHENTICATION,
    reasons={
        Reason.INCOMPLETE: ReasonWords(
            short=Words(fr="accès mal connus", en="ways in not known"),
            means=Words(
                fr="Les façons d'entrer sur cette machine n'ont pas pu être lues en entier.",
                en="The ways into this machine could not be read in full.",
            ),
            why=Words(
                fr="Un seul compte non vu peut entrer avec un simple mot de passe.",
                en="One account that was not seen may enter by a password alone.",
            ),
            mend=Words(
                fr="Donner au logiciel de mesure le droit de lire la configuration de sshd et de PAM "
                ": beffroi explain ssh.",
                en="Give the agent the right to read the configuration of sshd and PAM: beffroi explain ssh.",
            ),
        ),
    },
)
