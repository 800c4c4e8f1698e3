"""Reasons that say why a host, a repository or a program could not be reached or opened."""

from agent.core.reason import Reason
from agent.wording.entries import ReasonWords
from agent.wording.languages import Words

REACHING = {
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
            fr="Installer le paquet que le détail nomme, ou sa version plus récente.",
            en="Install the package that the detail names, or a newer version of it.",
        ),
    ),
    Reason.DENIED: ReasonWords(
        short=Words(fr="accès refusé", en="permission refused"),
        means=Words(
            fr="Le logiciel de mesure n'a pas le droit de lire ce qu'il doit regarder, ou la "
            "connexion lui a été refusée.",
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
            fr="Le logiciel de mesure n'ôte jamais un verrou : c'est peut-être une purge ou une réparation en cours.",
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
            fr="Le fichier de mot de passe n'ouvre pas ce dépôt.",
            en="The password file does not open this repository.",
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
    Reason.HOST_KEY_UNKNOWN: ReasonWords(
        short=Words(fr="clé d'hôte inconnue", en="host key unknown"),
        means=Words(
            fr="Aucune clé SSH n'est connue pour cet hôte, ou aucune autorité connue ne garantit son certificat.",
            en="No SSH key is known for this host yet, or no known authority vouches for its certificate.",
        ),
        why=Words(
            fr="Sans clé connue, rien ne montre quelle machine répond ; le logiciel de mesure "
            "n'accepte jamais la première venue.",
            en="Without a known key nothing shows which machine answers; the agent never accepts the first one.",
        ),
        mend=Words(
            fr="Comparer l'empreinte sur l'hôte même, puis ajouter la clé à known_hosts ; pour un certificat, indiquer "
            "son autorité. Ne jamais l'accepter à l'aveugle.",
            en="Compare the fingerprint on the host itself, then add the key to known_hosts; for a certificate, name "
            "its authority. Never accept it blindly.",
        ),
    ),
    Reason.HOST_KEY_CHANGED: ReasonWords(
        short=Words(fr="clé d'hôte changée", en="host key changed"),
        means=Words(
            fr="L'hôte montre une autre clé SSH que celle qui est connue, ou une clé révoquée.",
            en="The host shows another SSH key than the one known, or a revoked one.",
        ),
        why=Words(
            fr="Ce peut être une machine réinstallée, ou quelqu'un qui se fait passer pour elle.",
            en="It may be a machine installed anew, or another machine posing as it.",
        ),
        mend=Words(
            fr="Demander à l'administrateur de l'hôte si la clé a été renouvelée. Si oui : comparer l'empreinte sur "
            "l'hôte même, puis remplacer la ligne de known_hosts. Sinon : traiter comme un incident.",
            en="Ask the host's administrator whether the key was renewed. If it was: compare the fingerprint on the "
            "host itself, then replace the line in known_hosts. If not: treat it as an incident.",
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
}
