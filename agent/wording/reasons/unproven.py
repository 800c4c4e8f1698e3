"""Reasons for which nothing was shown, neither good nor bad."""

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

UNPROVEN = {
    Reason.EXITED: ReasonWords(
        short=Words(fr="réponse incomprise", en="answer not understood"),
        means=Words(
            fr="Le programme s'est arrêté d'une façon que le logiciel de mesure ne sait pas interpréter.",
            en="The program ended in a way that the agent cannot interpret.",
        ),
        why=Words(fr="Deviner serait inventer une preuve.", en="To guess would be to make evidence up."),
        mend=Words(
            fr="Lire le détail, et lancer la même commande à la main sous l'utilisateur beffroi.",
            en="Read the detail, and run the same command by hand as the user beffroi.",
        ),
    ),
    Reason.UNREADABLE: ReasonWords(
        short=Words(fr="illisible", en="unreadable"),
        means=Words(
            fr="C'est là, mais cela ne peut pas être lu, ou n'est pas ce qui était attendu.",
            en="It is there, but cannot be read, or is not what it should be.",
        ),
        why=Words(
            fr="Une liste à moitié lue ne montre pas que le reste existe.",
            en="A list read by half does not show that the rest exists.",
        ),
        mend=Words(
            fr="Vérifier les droits du fichier ou du dossier nommé, et l'état du disque.",
            en="Check the rights on the file or folder named, and the state of the disk.",
        ),
    ),
    Reason.SILENT_AGENT: ReasonWords(
        short=Words(fr="logiciel de mesure silencieux", en="silent agent"),
        means=Words(
            fr="Le logiciel de mesure qui surveille cela n'a rien transmis à la flotte depuis plus longtemps qu'admis.",
            en="The agent that watches this has sent the fleet nothing for longer than it may.",
        ),
        why=Words(
            fr="Ce qu'un logiciel de mesure a dit en dernier ne montre rien de ce qu'il en est maintenant.",
            en="What an agent said last shows nothing of how things are now.",
        ),
        mend=Words(
            fr="Sur la machine de ce logiciel : systemctl status beffroi, puis son journal, qui dit pourquoi rien ne "
            "part.",
            en="On the agent's machine: systemctl status beffroi, then its log, which says why nothing is sent.",
        ),
    ),
    Reason.NO_AGENT: ReasonWords(
        short=Words(fr="aucun logiciel de mesure", en="no agent"),
        means=Words(
            fr="Le centre de la flotte déclare cet hôte, et aucun logiciel de mesure ne le surveille.",
            en="The centre of the fleet declares this host, and no agent watches it.",
        ),
        why=Words(
            fr="Un hôte que personne ne contrôle n'a aucune preuve, ni bonne ni mauvaise.",
            en="A host that nothing looks at has no evidence, neither good nor bad.",
        ),
        mend=Words(
            fr="Déclarer l'hôte dans la configuration d'un logiciel de mesure, ou le retirer de hosts de "
            "[[fleet.agent]].",
            en="Declare the host in the configuration of an agent, or remove it from hosts of [[fleet.agent]].",
        ),
    ),
    Reason.DECLARED_TWICE: ReasonWords(
        short=Words(fr="surveillé par deux logiciels de mesure", en="watched by two agents"),
        means=Words(
            fr="Deux logiciels de mesure surveillent cet hôte que le centre déclare : le plus mauvais des deux "
            "constats vaut, et rien n'est démontré s'ils sont tous deux bons.",
            en="Two agents watch this host that the centre declares: the worse of both findings counts, and nothing is "
            "proven where both are good.",
        ),
        why=Words(
            fr="L'un des deux regarde peut-être une autre machine, ou invente.",
            en="One of the two may look at another machine, or make it up.",
        ),
        mend=Words(
            fr="Retirer l'hôte de la configuration de l'un des deux logiciels de mesure.",
            en="Remove the host from the configuration of one of the two agents.",
        ),
    ),
    Reason.FORK: ReasonWords(
        short=Words(fr="registre dédoublé", en="forked ledger"),
        means=Words(
            fr="Deux lignes du registre d'un logiciel de mesure suivent la même : une machine clonée, un registre "
            "restauré, ou un passé réécrit dans la base.",
            en="Two rows of an agent's ledger follow the same one: a cloned machine, a restored ledger, or a past that "
            "was rewritten in the database.",
        ),
        why=Words(
            fr="De deux histoires, une au plus est vraie, et rien dans la base ne dit laquelle.",
            en="Of two histories one at the most is true, and nothing in the database says which.",
        ),
        mend=Words(
            fr="Suivre «A fork» dans docs/fleet.md : trouver la seconde machine, ou qui a écrit dans la base.",
            en="Follow «A fork» in docs/fleet.md: find the second machine, or who wrote into the database.",
        ),
    ),
    Reason.STALE_EVIDENCE: ReasonWords(
        short=Words(fr="preuve périmée", en="evidence too old"),
        means=Words(
            fr="Le dernier contrôle qui a réussi est trop ancien pour dire ce qu'il en est maintenant.",
            en="The last look that succeeded is too old to say how things are now.",
        ),
        why=Words(
            fr="L'âge de la preuve est celui du dernier regard, pas celui de la chose regardée.",
            en="The age of evidence is that of the last look, not of the thing looked at.",
        ),
        mend=Words(
            fr="Lancer sudo beffroi check ; vérifier que le service beffroi tourne (systemctl status beffroi).",
            en="Run sudo beffroi check; see whether the beffroi service runs (systemctl status beffroi).",
        ),
    ),
    Reason.NO_ROOM: ReasonWords(
        short=Words(fr="place insuffisante", en="no room"),
        means=Words(
            fr="Il n'y a pas assez de place libre pour restaurer ce qui devait l'être : rien n'a été restauré.",
            en="There is not enough free space to restore what was to be restored: nothing was restored.",
        ),
        why=Words(
            fr="Une restauration interrompue faute de place ne démontrerait rien et gênerait la machine.",
            en="A restore that ends for want of room would prove nothing and be in the machine's way.",
        ),
        mend=Words(
            fr="Libérer de la place, ou nommer un dossier vide d'un plus grand disque avec --into.",
            en="Make room, or name an empty folder of a larger disk with --into.",
        ),
    ),
    Reason.STALE_METADATA: ReasonWords(
        short=Words(fr="métadonnées périmées", en="metadata too old"),
        means=Words(
            fr="Les listes sur lesquelles la machine se fonde (index des paquets) ne sont plus fraîches.",
            en="The lists that the machine relies on (package indexes) are no longer fresh.",
        ),
        why=Words(
            fr="Avec de vieilles listes, « aucun correctif en attente » ne prouve rien.",
            en="With old lists, “no update pending” proves nothing.",
        ),
        mend=Words(
            fr="Rétablir l'accès aux dépôts de paquets et leur rafraîchissement ; le logiciel de "
            "mesure ne le fait jamais lui-même.",
            en="Mend the way to the package archives and their refresh; the agent never does this itself.",
        ),
    ),
    Reason.CLOCK_DOUBTFUL: ReasonWords(
        short=Words(fr="horloge douteuse", en="doubtful clock"),
        means=Words(
            fr="L'horloge du logiciel de mesure a sauté ou retarde sur ce qui est déjà inscrit, "
            "ou la preuve porte une date en avance sur elle, "
            "ou rien ne règle ni ne montre celle de la machine contrôlée.",
            en="The agent's clock has jumped or is behind what has already been written, "
            "or the evidence is dated ahead of it, or nothing keeps or shows that of the machine looked at.",
        ),
        why=Words(
            fr="Sans heure sûre, aucun âge ne peut être calculé.", en="Without a sure time, no age can be reckoned."
        ),
        mend=Words(
            fr="Remettre l'horloge à l'heure (timedatectl). Si elle avait avancé et qu'elle est juste maintenant, le "
            "doute cesse à l'instant qu'elle avait montré, ou dès que 1000 lignes du registre sont plus récentes.",
            en="Set the clock (timedatectl). Where it had run ahead and is right now, the doubt ends at the instant "
            "that it had shown, or as soon as 1000 rows of the ledger are newer.",
        ),
    ),
    Reason.NOT_RUN: ReasonWords(
        short=Words(fr="jamais contrôlé", en="never checked"),
        means=Words(
            fr="Aucun contrôle n'a encore été fait ici, ou rien dans cette version ne sait encore le faire.",
            en="No look has been taken here yet, or nothing in this version can take one.",
        ),
        why=Words(
            fr="Un objectif que rien ne regarde reste dans la liste : son absence ferait croire qu'il est tenu.",
            en="A target that nothing looks at stays on the list: leaving it out would read as kept.",
        ),
        mend=Words(
            fr="Lancer sudo beffroi check ; si rien ne change, lire le journal : journalctl -u beffroi.",
            en="Run sudo beffroi check; if nothing changes, read the log: journalctl -u beffroi.",
        ),
    ),
    Reason.NO_CONTROL: ReasonWords(
        short=Words(fr="essai sans témoin", en="trial without a control"),
        means=Words(
            fr="Ce qui doit être bloqué l'est, mais rien ne montre que l'essai aurait pu réussir.",
            en="What must be blocked is, but nothing shows that the trial could have succeeded.",
        ),
        why=Words(
            fr="Un câble débranché refuse tout : sans flux ou adresse témoin qui passe, un refus ne prouve rien.",
            en="An unplugged cable refuses everything: without a control that passes, a refusal proves nothing.",
        ),
        mend=Words(
            fr='Déclarer un flux nécessaire de la même machine ([[flow]] expect = "open"), '
            "ou rétablir le témoin déclaré.",
            en='Declare a required flow from the same machine ([[flow]] expect = "open"), '
            "or mend the control that is declared.",
        ),
    ),
    Reason.NOT_DECLARED: ReasonWords(
        short=Words(fr="non déclaré", en="not declared"),
        means=Words(
            fr="La configuration ne dit pas ce que l'objectif demande.",
            en="The configuration does not say what the target asks about.",
        ),
        why=Words(
            fr="Sans cette indication le logiciel de mesure ne peut pas juger, et il ne suppose rien.",
            en="Without it the agent cannot judge, and it assumes nothing.",
        ),
        mend=Words(
            fr="Ajouter la clé que le détail nomme (docs/configuration.md).",
            en="Add the key that the detail names (docs/configuration.md).",
        ),
    ),
    Reason.NO_LONGER_DECLARED: ReasonWords(
        short=Words(fr="retiré de la configuration", en="gone from the configuration"),
        means=Words(
            fr="Cet élément était déclaré, et il a disparu de la configuration sans date de fin.",
            en="This subject was declared, and has gone from the configuration without an end date.",
        ),
        why=Words(
            fr="Retirer une ligne ne doit pas améliorer un taux : l'élément reste attendu.",
            en="Removing a line must not better a rate: the subject stays expected.",
        ),
        mend=Words(
            fr="Le déclarer à nouveau, ou y mettre fin : beffroi retire.",
            en="Declare it again, or end it: beffroi retire.",
        ),
    ),
    Reason.BUG: ReasonWords(
        short=Words(fr="défaut du logiciel de mesure", en="fault in the agent"),
        means=Words(
            fr="Le contrôle a échoué par une erreur de programmation de beffroi lui-même.",
            en="The look failed through a programming error in beffroi itself.",
        ),
        why=Words(
            fr="Une erreur de l'outil ne doit jamais passer pour un bon résultat.",
            en="An error of the tool must never pass for a good result.",
        ),
        mend=Words(
            fr="Lire le journal (journalctl -u beffroi) et signaler le défaut avec la trace qui s'y trouve.",
            en="Read the log (journalctl -u beffroi) and report the fault with the trace found there.",
        ),
    ),
}
