"""Reasons for which nothing was shown, neither good nor bad."""

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

UNPROVEN = {
    Reason.TOOL_MISSING: ReasonWords(
        short=Words(fr="outil absent", en="tool missing"),
        means=Words(
            fr="Le programme qui permet de regarder n'est pas installé, ou il est trop ancien.",
            en="The program needed for looking is not installed, or is too old.",
        ),
        why=Words(
            fr="Sans lui rien n'est constaté, ni en bien ni en mal.",
            en="Without it nothing is seen, neither good nor bad.",
        ),
        mend=Words(
            fr="Installer le paquet que le détail nomme (restic : 0.14 au moins).",
            en="Install the package that the detail names (restic: 0.14 or later).",
        ),
    ),
    Reason.DENIED: ReasonWords(
        short=Words(fr="accès refusé", en="permission refused"),
        means=Words(
            fr="L'agent n'a pas le droit de lire ce qu'il doit regarder, ou la connexion lui a été refusée.",
            en="The agent may not read what it has to look at, or its connection was refused.",
        ),
        why=Words(
            fr="Ne pas pouvoir regarder n'est ni un succès ni une faute constatée.",
            en="Not being able to look is neither a success nor a fault that was seen.",
        ),
        mend=Words(
            fr="Donner à l'utilisateur beffroi le droit de lecture, et lui seul ; vérifier sa clé sur l'hôte visé.",
            en="Give the user beffroi the right to read, and no other; check its key on the host.",
        ),
    ),
    Reason.LOCKED: ReasonWords(
        short=Words(fr="verrouillé", en="locked"),
        means=Words(
            fr="Quelqu'un d'autre tient un verrou exclusif, et il ne l'a pas rendu à temps.",
            en="Another process holds an exclusive lock and did not release it in time.",
        ),
        why=Words(
            fr="L'agent n'ôte jamais un verrou : c'est peut-être une purge ou une réparation en cours.",
            en="The agent never removes a lock: it may be a prune or a repair under way.",
        ),
        mend=Words(
            fr="Si aucun restic ne tourne plus sur ce dépôt : restic list locks, puis restic unlock, à la main.",
            en="Where no restic runs on this repository any more: restic list locks, then restic unlock, by hand.",
        ),
    ),
    Reason.WRONG_PASSWORD: ReasonWords(
        short=Words(fr="mot de passe refusé", en="password refused"),
        means=Words(
            fr="Le fichier de mot de passe n'ouvre pas ce dépôt.", en="The password file does not open this repository."
        ),
        why=Words(
            fr="Le jour d'une restauration, le même fichier n'ouvrirait rien non plus.",
            en="On the day of a restore, the same file would open nothing either.",
        ),
        mend=Words(
            fr="Corriger password_file, ou ajouter cette clé au dépôt (restic key add).",
            en="Correct password_file, or add this key to the repository (restic key add).",
        ),
    ),
    Reason.WRONG_REPOSITORY: ReasonWords(
        short=Words(fr="un autre dépôt répond", en="another repository answers"),
        means=Words(
            fr="Le dépôt qui répond n'a pas l'identifiant retenu à la première lecture, ou déclaré.",
            en="The repository that answers has not the id kept at first sight, or declared.",
        ),
        why=Words(
            fr="Un dépôt recréé ou remplacé aurait l'air sain, sans rien contenir du passé.",
            en="A repository made anew or swapped would look sound and hold nothing of the past.",
        ),
        mend=Words(
            fr="Si le changement est voulu, écrire le nouvel identifiant dans repository_id ; sinon, enquêter.",
            en="Where the change is wanted, write the new id in repository_id; otherwise find out who did it.",
        ),
    ),
    Reason.UNREACHABLE: ReasonWords(
        short=Words(fr="injoignable", en="unreachable"),
        means=Words(
            fr="L'hôte ou le service n'a pas répondu, ou la liaison s'est coupée.",
            en="The host or the service did not answer, or the link was lost.",
        ),
        why=Words(
            fr="Une liaison coupée ne dit rien de ce qu'il y a au bout : ce n'est jamais un dommage constaté.",
            en="A lost link says nothing of what lies at its end: it is never damage that was seen.",
        ),
        mend=Words(
            fr="Vérifier l'hôte, son adresse, son port, le pare-feu et la résolution de son nom.",
            en="Check the host, its address, its port, the firewall and the resolution of its name.",
        ),
    ),
    Reason.HOST_KEY_CHANGED: ReasonWords(
        short=Words(fr="clé d'hôte inconnue ou changée", en="host key unknown or changed"),
        means=Words(
            fr="L'hôte montre une autre clé SSH que celle qui est connue, ou aucune n'est connue.",
            en="The host shows another SSH key than the one known, or none is known.",
        ),
        why=Words(
            fr="Ce peut être une machine réinstallée, ou quelqu'un qui se fait passer pour elle.",
            en="It may be a machine installed anew, or another machine posing as it.",
        ),
        mend=Words(
            fr="Vérifier l'empreinte par un autre canal, puis la mettre dans "
            "known_hosts. Ne jamais l'accepter à l'aveugle.",
            en="Check the fingerprint by another channel, then put it in known_hosts. Never accept it blindly.",
        ),
    ),
    Reason.TIMED_OUT: ReasonWords(
        short=Words(fr="pas de réponse à temps", en="no answer in time"),
        means=Words(
            fr="Le délai accordé ([agent] timeout) est passé sans réponse complète.",
            en="The time allowed ([agent] timeout) passed without a full answer.",
        ),
        why=Words(
            fr="Un hôte ou un disque muet coûte son propre délai, et rien aux autres contrôles.",
            en="A mute host or disk costs its own deadline, and nothing to the other checks.",
        ),
        mend=Words(
            fr="Chercher ce qui est bloqué (disque, réseau, charge) ; allonger timeout si la lenteur est normale.",
            en="Find what is stuck (disk, network, load); raise timeout where such slowness is normal.",
        ),
    ),
    Reason.EXITED: ReasonWords(
        short=Words(fr="réponse incomprise", en="answer not understood"),
        means=Words(
            fr="Le programme s'est arrêté d'une façon que l'agent ne sait pas interpréter.",
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
            fr="Lancer beffroi check ; vérifier que le service beffroi tourne (systemctl status beffroi).",
            en="Run beffroi check; see whether the beffroi service runs (systemctl status beffroi).",
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
            fr="Rétablir l'accès aux dépôts de paquets et leur rafraîchissement ; l'agent ne le fait jamais lui-même.",
            en="Mend the way to the package archives and their refresh; the agent never does this itself.",
        ),
    ),
    Reason.CLOCK_DOUBTFUL: ReasonWords(
        short=Words(fr="horloge douteuse", en="doubtful clock"),
        means=Words(
            fr="L'horloge de l'agent a sauté ou retarde sur ce qui est déjà inscrit, "
            "ou rien ne règle ni ne montre celle de la machine contrôlée.",
            en="The agent's clock has jumped or is behind what has already been written, "
            "or nothing keeps or shows that of the machine looked at.",
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
            fr="Lancer beffroi check, ou beffroi verify pour l'intégrité d'une copie.",
            en="Run beffroi check, or beffroi verify for the integrity of a copy.",
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
            fr="Sans cette indication l'agent ne peut pas juger, et il ne suppose rien.",
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
            fr="Ce sujet était déclaré, et il a disparu de la configuration sans date de fin.",
            en="This subject was declared, and has gone from the configuration without an end date.",
        ),
        why=Words(
            fr="Retirer une ligne ne doit pas améliorer un taux : le sujet reste attendu.",
            en="Removing a line must not better a rate: the subject stays expected.",
        ),
        mend=Words(
            fr="Le déclarer à nouveau, ou y mettre fin : beffroi retire.",
            en="Declare it again, or end it: beffroi retire.",
        ),
    ),
    Reason.BUG: ReasonWords(
        short=Words(fr="défaut de l'agent", en="fault in the agent"),
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
