"""endpoint-protection: what is said of it (convention, article 5)."""

from agent.wording.entries import Frame, TargetWords
from agent.wording.languages import Words
from agent.wording.phrases.protection import PROTECTION

TARGET = TargetWords(
    title=Words(fr="Antivirus ou EDR à jour", en="Antivirus or EDR up to date"),
    says=Words(
        fr="Antivirus ou EDR à jour sur les postes, les serveurs et le réseau (article 5).",
        en="Antivirus or EDR up to date on machines and networks (article 5).",
    ),
    measured=Words(
        fr="Protection en marche, signatures en mémoire vieilles de 96 h au "
        "plus, détection prouvée par la chaîne EICAR.",
        en="Protection running, loaded signatures at most 96 h old, detection proven with the EICAR string.",
    ),
    mend=Words(
        fr="Relancer le service de protection et la mise à jour de ses signatures.",
        en="Restart the protection service and the update of its signatures.",
    ),
    frame=Frame(
        iso="8.7 protection contre les programmes malveillants ; 8.1",
        anssi="14 niveau de sécurité minimal",
        cnil="fiches 6 et 9",
    ),
    held="la protection était active, à jour et éprouvée sur les machines surveillées",
    phrases=PROTECTION,
)
